-- Macros of a loading connection. Every value arrives as text; clean text takes the first branch of each case,
-- only odd text meets the longer regular expressions. A macro gives null where the text cannot be read.

-- translate is slow: only where there is something to translate.
create or replace temp macro load_narrow(s) as case when not regexp_matches(s, '[！-～￥−]') then s else translate(
    s,
    '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～￥−',
    '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~¥-'
) end;

create or replace temp macro load_present(s) as case
    when length(s) <= 10 and upper(rtrim(s, ',，;；')) in (
        '', '-', '－', '--', '---', '----', '—', '——', '－－', '/', '\', '\N', '~', '*', '#', '.', '．', '?', '[]', '{}',
        'NULL', '(NULL)', '<NULL>', '[NULL]', 'NIL', '<NIL>', 'NONE', 'NAN', '<NAN>', 'N/A', '<N/A>', 'NA', '<NA>', 'N.A.',
        'NAT', '<NAT>', 'UNDEFINED', '无', '无。', '空', '(空)', '（空）', '空白', '(空白)', '（空白）', '暂无', '未填', '未填写'
    ) then null
    else s
end;

-- What refers to the row above says nothing by itself.
create or replace temp macro load_is_ditto(s) as length(s) <= 4 and s in ('同上', '同上。', '同上行', '同前', '同左', '同右', '同下', '〃', '″', '々', '〃〃');

-- A document's number whose last part was never filled in: 决字〔2022〕第　号, 〔2022〕XX号.
create or replace temp macro load_is_unfinished(s) as
    regexp_matches(s, '〔[12]\d{3}〕第?[\s_＿Xx×*＊某　-]*号?$');

-- Codes, numbers, flags: half width, no white space at all.
create or replace temp macro load_code(s) as case
    when regexp_full_match(s, '[!-~]*') then s
    when regexp_matches(s, '[\p{Z}\p{Cf}\p{Cc}！-～￥−]') then regexp_replace(load_narrow(s), '[\p{Z}\p{Cf}\p{Cc}]', '', 'g')
    else s
end;

create or replace temp macro load_is_code(s) as not regexp_matches(s, '^[''=]|[\p{Z}\p{Cf}\p{Cc}！-～￥−]|^\d+\.0+$|&[#A-Za-z]|<[A-Za-z/]');

-- What a data frame makes of a whole number in a column with gaps; beyond 15 digits the number itself is damaged.
create or replace temp macro load_undotted(s) as
    case when regexp_full_match(s, '\d{1,15}\.0+') then regexp_replace(s, '\.0+$', '') else s end;

-- What a cell looks like that a spreadsheet was told to take for text: ="00123", '00123.
create or replace temp macro load_unprefixed(s) as
    regexp_replace(regexp_replace(s, '^\s*="([^"]*)"\s*$', '\1'), '^\s*''([^'']*)$', '\1');

-- Numbers: as a code, but a space between two digits is left in and makes the number unreadable.
create or replace temp macro load_numeral(s) as case
    when regexp_full_match(s, '[!-~]*') then s
    when regexp_matches(load_narrow(s), '\d[\p{Z}\p{Cc}]+\d') then s
    else load_code(s)
end;

create or replace temp macro load_is_words(s) as not regexp_matches(
    s, '^ | $|  |[\p{Cf}\p{Cc}０-９Ａ-Ｚａ-ｚ\x{0085}\x{00A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]'
);

-- Words: digits and letters half width, Chinese punctuation as written, white space single and trimmed.
create or replace temp macro load_words(s) as case
    when not load_is_words(s)
    then trim(regexp_replace(
        regexp_replace(
            translate(
                s,
                '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ',
                '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
            ),
            '\p{Cf}', '', 'g'
        ),
        '[\p{Z}\p{Cc}]+', ' ', 'g'
    ))
    else s
end;

-- Document numbers: the year in 〔〕 whichever brackets were typed.
create or replace temp macro load_document(s) as
    regexp_replace(load_code(s), '[\[(【〔﹝〈<]([12]\d{3})[\])】〕﹞〉>]', '〔\1〕');

create or replace temp macro load_is_document(s) as
    load_is_code(s) and not regexp_matches(s, '[\[(【﹝〈<][12]\d{3}[\])】﹞〉>]');

create or replace temp macro load_is_iso(s) as
    regexp_full_match(s, '(19|20)\d{2}-\d{2}-\d{2}([ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?)?');

create or replace temp macro load_moment_text(s) as case
    when load_is_iso(s) then s
    else regexp_replace(
        trim(regexp_replace(
            regexp_replace(translate(load_narrow(s), '‐‑‒–—', '-----'), '[\p{Cf}]', '', 'g'), '[\p{Z}\p{Cc}]+', ' ', 'g'
        )),
        ' ?([/.年月:时点分]) ?', '\1', 'g'
    )
end;

-- The many ways to write a moment (years 1900 to 2099, or 9999 for no end), brought to year-month-day hour:minute:second and taken apart.
create or replace temp macro load_moment_parts(s) as case when not load_is_iso(s) then regexp_extract(
    trim(regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            regexp_replace(
                                regexp_replace(
                                    s, '^(\d{4})年(\d{1,2})月(\d{1,2}) ?[日号] ?', '\1-\2-\3 '
                                ),
                                '^(\d{4})/(\d{1,2})/(\d{1,2})', '\1-\2-\3'
                            ),
                            '^(\d{4})\.(\d{1,2})\.(\d{1,2})', '\1-\2-\3'
                        ),
                        '^(\d{4})(\d{2})(\d{2})($|[T ])', '\1-\2-\3\4'
                    ),
                    '^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$', '\1-\2-\3 \4:\5:\6'
                ),
                '^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})$', '\1-\2-\3 \4:\5'
            ),
            '^(\d{4}-\d{1,2}-\d{1,2})[T ](\d{2})(\d{2})(\d{2})(Z|[+-]\d{2}:?\d{2})?$', '\1 \2:\3:\4\5'
        ),
        '([T ]\d{1,2})[时点](\d{1,2})分(?:(\d{1,2}) ?秒)?$', '\1:\2:0\3'
    )),
    '^((?:19\d{2}|20\d{2}|9999)-\d{1,2}-\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,3})(?:[.,](\d{1,9}))?)? ?(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$',
    ['d', 'h', 'm', 's', 'f', 'z']
) end;

-- Minutes to add to reach Beijing time: none when the text names no zone.
create or replace temp macro load_zone_minutes(z) as case
    when z = '' then 0
    when upper(z) in ('Z', 'UTC') then 480
    else 480 - (case when z[1] = '-' then -1 else 1 end)
        * (cast(z[2:3] as integer) * 60 + coalesce(try_cast(replace(z[4:], ':', '') as integer), 0))
end;

-- `p` are the parts of `s`. Five digits are a spreadsheet's day count from 1990 on (20229 is a month without its
-- zero, not a day of 1955), ten and thirteen a count of seconds and milliseconds (UTC). 24:00 is the next midnight.
create or replace temp macro load_is_day_count(s) as
    regexp_full_match(s, '(3[3-9]|4\d|5[0-4])\d{3}(\.\d+)?');

create or replace temp macro load_moment(s, p) as case
    when s is null then null
    when p is null then try_cast(s as timestamp)
    when p.d = '' and load_is_day_count(s)
        then timestamp '1899-12-30 00:00:00' + to_seconds(round(cast(s as double) * 86400))
    when p.d = '' and regexp_full_match(s, '1\d{12}')
        then make_timestamp(cast(s as bigint) * 1000) + interval 8 hours
    when p.d = '' and regexp_full_match(s, '1\d{9}')
        then make_timestamp(cast(s as bigint) * 1000000) + interval 8 hours
    when p.d = '' or try_cast(p.d as date) is null then null
    when p.h = '24' and coalesce(try_cast(p.m as integer), 0) = 0 and coalesce(try_cast(p.s as integer), 0) = 0
        and p.z = '' then cast(try_cast(p.d as date) as timestamp) + interval 1 day
    when p.h <> '' and (
        cast(p.h as integer) > 23 or cast(p.m as integer) > 59 or coalesce(try_cast(p.s as integer), 0) > 59
    ) then null
    when p.z <> '' and abs(load_zone_minutes(p.z) - 480) > 840 then null
    else cast(try_cast(p.d as date) as timestamp)
        + to_seconds(
            coalesce(try_cast(p.h as integer), 0) * 3600
            + (coalesce(try_cast(p.m as integer), 0) + load_zone_minutes(p.z)) * 60
            + coalesce(try_cast(p.s as integer), 0)
        )
        + to_microseconds(coalesce(try_cast(rpad(p.f, 6, '0')[1:6] as integer), 0))
end;

-- What a system writes where it has no date: the first day its calendar knows, at midnight here or at Greenwich.
create or replace temp macro load_is_no_day(moment) as
    moment in (timestamp '1900-01-01', timestamp '1970-01-01', timestamp '1970-01-01 08:00:00');
create or replace temp macro load_may_be_no_day(s) as s[:10] in ('1900-01-01', '1970-01-01');

create or replace temp macro load_no_zero_day(s) as
    case when regexp_full_match(s, '0000-00-00( 00:00(:00)?(\.0+)?)?') then null else s end;

-- Day, month and year as the source orders them, once a person has said how.
create or replace temp macro load_restyled(s, style) as case style
    when 'dmy' then regexp_replace(regexp_replace(s,
        '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})($|[T ])', '\3-\2-\1\4'), '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})($|[T ])', '20\3-\2-\1\4')
    when 'mdy' then regexp_replace(regexp_replace(s,
        '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})($|[T ])', '\3-\1-\2\4'), '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})($|[T ])', '20\3-\1-\2\4')
    when 'utc' then case when regexp_matches(s, '[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$') then s || 'Z' else s end
    when 'ymd' then regexp_replace(s, '^(\d{2})[-/.](\d{1,2})[-/.](\d{1,2})($|[T ])', '20\1-\2-\3\4')
    else s
end;
create or replace temp macro load_needs_style(s) as
    regexp_matches(s, '^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{1,2})($|[T ])');

-- Open-ended dates: 长期 means that there is no end.
create or replace temp macro load_open_end(s) as case when s in ('长期', '长期有效', '永久', '永久有效', '无固定期限') then null else s end;

create or replace temp macro load_amount_parts(s) as case when not regexp_full_match(s, '-?\d+(\.\d+)?') then regexp_extract(
    s,
    '^(?:¥|RMB|CNY|人民币)?([+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)\(?(亿元|亿|万元|万|千元|元|圆)?(?:人民币)?\)?(?:人民币)?[整正]?$',
    ['n', 'u']
) end;

-- 元. `factor` is what the column's heading says a bare number counts: 1, 10000 …
create or replace temp macro load_amount(s, p, factor) as
    try_cast(case when p is null then s else replace(p.n, ',', '') end as decimal(28, 16))
    * cast(case
        when p is null or p.u = '' then factor
        when p.u in ('亿元', '亿') then 100000000
        when p.u in ('万元', '万') then 10000
        when p.u = '千元' then 1000
        else 1
    end as decimal(9, 0));

-- To the fen, null where less than one is left over. A thousandth of it is what computing with fractions leaves.
create or replace temp macro load_is_fraction(yuan) as abs(yuan - try_cast(yuan as decimal(18, 2))) >= 0.00001;
create or replace temp macro load_fen(yuan) as case when not load_is_fraction(yuan) then try_cast(yuan as decimal(18, 2)) end;

-- A plain number as text, its grouping commas and its unit taken off.
create or replace temp macro load_number_text(s, unit) as case
    when regexp_full_match(s, '-?\d+(\.\d+)?') then s
    when unit <> '' and ends_with(s, unit) and regexp_full_match(s[:length(s) - length(unit)], '[+-]?\d+(\.\d+)?')
        then s[:length(s) - length(unit)]
    when regexp_full_match(s, '[+-]?\d{1,3}(,\d{3})+(\.\d+)?') then replace(s, ',', '')
    when regexp_full_match(s, '[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?') then s
end;

create or replace temp macro load_integer(s) as case
    when regexp_full_match(s, '[+-]?\d+(\.0+)?') then try_cast(regexp_replace(s, '\.0+$', '') as integer)
end;

create or replace temp macro load_flag(s) as case
    when lower(s) in ('是', '1', 'y', 'yes', 'true', 't', '1.0', '有', '√', '✓') then true
    when lower(s) in ('否', '0', 'n', 'no', 'false', 'f', '0.0', '×', '✗') then false
end;

create or replace temp macro load_list(s) as case
    when s is null then null
    when s[1] = '[' and json_valid(s) then
        list_filter(list_transform(json_extract_string(s, '$[*]'), lambda x: load_words(x)), lambda x: x <> '')
    else list_filter(
        list_transform(
            regexp_split_to_array(regexp_replace(s, '^[\[{]|[\]}]$', '', 'g'), '[;；、,，|]'),
            lambda x: load_words(trim(x, ' ''"'))
        ),
        lambda x: x <> ''
    )
end;

-- GB 11643-1999: an identity number with a date of birth and a valid check character.
create or replace temp macro load_is_identity(s) as case
    when regexp_full_match(s, '[1-8]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]')
        then '10X98765432'[cast(1 + list_sum(list_transform(
            [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2],
            lambda weight, i: weight * coalesce(try_cast(s[i] as integer), 0)
        )) % 11 as bigint)] = upper(s[18])
    else false
end;

-- GB 32100-2015: who registered and what kind, area, number; 17 characters weighted by powers of 3, modulo 31. An
-- identity number passes the last test once in 31 times; one with a birth date and its own check character is none.
create or replace temp macro load_is_uscc_shape(s) as
    regexp_full_match(s, '[1-9ANY][1-9](1[0-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-6]|71|8[1-3]|99)\d{4}[0-9A-HJ-NPQRTUWXY]{10}');

create or replace temp macro load_uscc_ok(s) as case
    when not load_is_uscc_shape(s) or load_is_identity(s) then false
    when load_is_accepted(s) then true
    else strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', s[18]) - 1 = (31 - list_sum(list_transform(
        [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28],
        lambda weight, i: weight * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', s[i]) - 1)
    )) % 31) % 31
end;

-- An identity number inside a code: SFZ330483…, 330483-19800101-1239. An old case number may look like one whose birth
-- lies in this century: then the check character must agree as well.
create or replace temp macro load_embedded(s) as regexp_extract(
    regexp_replace(upper(s), '[-_. ]', '', 'g'),
    '(?:^|[^0-9])((?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-8])\d{4}(?:19\d{2}|200\d|201[0-2])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X])(?:$|[^0-9])', 1);
create or replace temp macro load_embeds_identity(s) as case
    when length(s) < 18 or not regexp_matches(s, '\d{6}[-_. ]?(19\d\d|20[01]\d)') then false
    else load_embedded(s) <> '' and (load_embedded(s)[7:8] = '19' or load_is_identity(load_embedded(s)))
end;
create or replace temp macro load_is_code_private(s) as load_is_code_number(s) or load_embeds_identity(s)
    or case when regexp_matches(s, '1[3-9]\d{9}$') then regexp_matches(s, '(?i)(?:tel|phone|mobile|sjh?|手机|电话)号?[:：]?\d{11}$') else false end;

-- A number of a person where a hash belongs; an organisation's code may look like one.
create or replace temp macro load_is_private(s) as load_is_person_number(s) and not load_uscc_ok(upper(s));

-- Hexadecimal or base64, perhaps after the name of the method. Repeated characters stand for nothing, letters with a
-- few digits behind them are a name, and digits alone are a hash only where no number of a person has their count.
create or replace temp macro load_is_hash(s) as
    regexp_full_match(s, '(?:[A-Za-z0-9]{1,12}[:_-])?[0-9A-Fa-f]{12,128}|[0-9A-Za-z_+/=:-]{16,128}')
    and not regexp_full_match(s, '\d{1,15}|\d{17,23}')
    and (regexp_full_match(s, '[0-9A-Fa-f]+') or not regexp_full_match(s, '[A-Za-z]+[-_. ]?[A-Za-z]*[-_. ]?\d{0,8}'))
    and len(list_distinct(string_split(lower(s), ''))) >= 2 + (not regexp_full_match(s, '[0-9A-Fa-f]+'))::integer * 4
    and not load_is_private(s);

create or replace temp macro load_party_ok(s) as case
    when load_is_private(s) then false
    -- A mistyped code, with a letter for a digit or one character too few, is no hash.
    when regexp_full_match(s, '[0-9A-Z]{16,20}') and not regexp_full_match(s, '[0-9A-F]{16}|[0-9A-F]{20}') then load_uscc_ok(s)
    else load_is_hash(s)
end;

-- Scientific notation is what a spreadsheet makes of a long number; '#N/A' what it makes of a broken formula.
create or replace temp macro load_intact(s) as not load_is_ditto(s)
    and not (s[1] = '#' and regexp_full_match(upper(s),
        '#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|CONNECT!|BLOCKED!|UNKNOWN!|BUSY!|PYTHON!|GETTING_DATA|#+)'))
    and not regexp_full_match(s, '(?i)Err:\d{3}|[+-]?\d(\.\d+)?E\+\d+|[+-]?\d\.\d+E\d+|[+-]?\d{16,}\.0+');

-- Text whose bytes were read in a wrong encoding, or that went through one: replacement and private-use characters,
-- control characters, rows of question marks, Latin letters with accents in a row. `load_may_be_garbled` is true of
-- many sound texts as well: only decoding them tells.
create or replace temp macro load_garbled(s) as regexp_matches(
    s, '[\x{FFFD}\x{E000}-\x{F8FF}\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x84\x86-\x9F]|锟斤拷|烫烫|屯屯|\?{4,}|[\x{C0}-\x{FF}][\x{80}-\x{FF}]{2}'
);

-- Words that stand where the number of a thing is not known: two things of that name would be taken for one.
-- A number that is told from others by holds a figure or a letter, and not nothing but noughts or crosses.
create or replace temp macro load_numbered(s) as case
    when length(s) > 12 or regexp_matches(s, '[1-9]') or not load_intact(s) or load_garbled(s) then s
    when regexp_full_match(s,
        '(?:[\p{P}\p{S}\s0]|[xX×某〇○])*|(?:暂|尚|暂时)?(?:无|没有|缺|缺失|空缺|空|空号|空值)(?:编号|文号|案号|号码|号)?'
        '|(?:暂|尚)?(?:未|待)(?:知|定|补|补充|查|编|编号|编制|填|填写|录入|分配|生成|赋号|取号|下达|出具|制作|作出|立案|登记|提供)'
        '|不(?:知|详|明|清楚|适用)|(?:详?见|参见)(?:附件|附表|卷|卷宗|案卷|原件|备注)') and not contains(s, '"') then null
    when load_present(regexp_replace(s, '^[,，.。;；:：、()（）_—''‘’“”\-]+|[,，.。;；:：、()（）_—''‘’“”\-]+$', '', 'g')) is null then null
    else load_present(s)
end;

-- What is left of a value when one of its quotes was lost: two in a row, or one at an end that no other answers.
create or replace temp macro load_unquoted(s) as regexp_matches(s, '""|^"[^"]*$|^[^"]*[^0-9"]"$');

-- '[]' and '{}' hold nothing.
create or replace temp macro load_list_text(s) as case when regexp_full_match(s, '[\[{]\s*[\]}]') then null else s end;

-- A credit code in capitals; a hash as it is.
create or replace temp macro load_party(s) as case when length(s) = 18 then upper(s) else s end;

-- A name that arrives in full is kept as its first character only.
create or replace temp macro load_masked_name(s) as case
    when regexp_matches(s, '[*＊某]') then s
    else s[1] || repeat('*', greatest(length(s) - 1, 1))
end;

-- Statistical codes are written with 12 digits; the last ones are zero for a town or a county.
create or replace temp macro load_area(s) as regexp_replace(regexp_replace(s, '^(\d{9})000$', '\1'), '^(\d{6})000$', '\1');
