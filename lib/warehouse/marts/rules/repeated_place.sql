-- The grid events of a kind at a place where such an event was reported more than once: the few that may be a recurrence.
-- Whether one had been by a day is asked of these rows.
-- reads: grid_event (event_no, event_type, place_text, area_code, reported_at)
with repeated as (
    select place_text, event_type, area_code
    from grid_event
    where place_text is not null
    group by place_text, event_type, area_code
    having count(*) > 1
),

final as (
    select event_no, event_type, place_text, grid_event.area_code, reported_at
    from grid_event
    inner join repeated using (place_text, event_type)
    where grid_event.area_code is not distinct from repeated.area_code
    order by place_text, event_no
)

select * from final
