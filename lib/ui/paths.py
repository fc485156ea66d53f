"""The pages of the app: the file of each, its address, what the menu calls it, and the right it stands under.

A page is added here and in its own file.
"""

from typing import NamedTuple

OVERVIEW = "pages/overview/overview.py"
MAP = "pages/map/map.py"
RANKING = "pages/ranking/ranking.py"
CLUES = "pages/clues/clues.py"
GRID = "pages/grid/grid.py"
MOTIONS = "pages/motions/motions.py"
NOTICES = "pages/notices/notices.py"
REFORM = "pages/library/reform.py"
RISKS = "pages/library/risks.py"
DISCIPLINE = "pages/library/discipline.py"

WORK = "pages/work/work.py"
KPI = "pages/kpi/kpi.py"
WORKBENCH = "pages/warnings/workbench.py"
WARNING = "pages/warnings/warning.py"
PROMPTS = "pages/prompts/prompts.py"
EXEMPLARS = "pages/reviews/exemplars.py"
LOOKBACK = "pages/reviews/lookback.py"
OFFICER = "pages/officers/officer.py"
NETWORK = "pages/officers/network.py"
SUPPRESSIONS = "pages/suppressions/suppressions.py"
RULES = "pages/rules/rules.py"
TUNING = "pages/rules/tuning.py"
DATA = "pages/data/data.py"
ACCESS = "pages/admin/access.py"
MESSAGES = "pages/admin/messages.py"
ITEMS = "pages/library/items.py"
LISTS = "pages/library/lists.py"
EXERCISES = "pages/training/exercises.py"
CLASSES = "pages/training/classes.py"
HELP = "pages/help/help.py"
WALK = "pages/training/walk.py"
BOARD = "pages/training/board.py"

Right = tuple[str, str]
# The parameters that say who is looking, on a synthetic city: a persona, a class, the role that is played in it, the
# walk that is going on.
PERSONA_KEY, CLASS_KEY, PLAYS_KEY, WALK_KEY = "as", "class", "plays", "walk"
LOOKING = (PERSONA_KEY, CLASS_KEY, PLAYS_KEY, WALK_KEY)


class Place(NamedTuple):
    """A page, in the order and the group of the menu.

    right: (action, kind) of data/access.yaml. parameters: the names in its address that stand under that right; one
    that ends in _ stands for all that begin so. listed: whether it stands in a menu; the others are reached from lists.
    short: what it is called elsewhere than in its title.
    """

    file: str
    url_path: str
    title: str
    icon: str
    group: str
    right: Right
    parameters: str
    listed: bool = True
    short: str = ""

    @property
    def back(self) -> str:
        """What the way back to it is called."""
        return self.short or self.title


PLACES = tuple(
    Place(*place)
    for place in (
        (OVERVIEW, "overview", "总览", "monitoring", "态势", ("view", "warning"), "period county large"),
        (MAP, "map", "预警地图", "map", "态势", ("view", "warning"), "town measure in_town in_all m_"),
        (RANKING, "ranking", "人员排序", "leaderboard", "态势", ("view", "ranking"), "officer people aspect group r_"),
        (KPI, "kpi", "指标", "speed", "态势", ("view", "report"), ""),
        (CLUES, "clues", "线索办理", "account_tree", "态势", ("view", "clue"), "clue c_"),
        (WORK, "work", "待办", "inbox", "办理", ("view", "work"), "t_"),
        (WORKBENCH, "workbench", "工作台", "checklist", "办理", ("view", "warning"), "figure during then of w_"),
        (WARNING, "warning", "预警详情", "flag", "办理", ("view", "warning"), "id", False, "预警"),
        (PROMPTS, "prompts", "工作提示", "mark_email_unread", "办理", ("view", "prompt"), "prompt p_"),
        (NOTICES, "notices", "监督通知书", "description", "办理", ("view", "notice"), "notice n_"),
        (GRID, "grid", "网格闭环", "grid_view", "办理", ("view", "grid_check"), "check g_"),
        (MOTIONS, "motions", "廉情动议", "gavel", "办理", ("view", "motion"), "motion mo_"),
        (EXEMPLARS, "exemplars", "典型案例", "menu_book", "办理", ("view", "edition"), "edition ex_"),
        (NETWORK, "network", "关系网络", "hub", "办理", ("view", "officer"), "about rest", False),
        (LOOKBACK, "lookback", "回头看", "fact_check", "办理", ("view", "review_case"), "lookback reviewed sheet lb_"),
        (OFFICER, "officer", "廉政档案", "badge", "办理", ("view", "officer"), "list in_hand kind role org"),
        (LISTS, "lists", "监督清单", "fact_check", "清单", ("view", "indicator"), "indicator month li_"),
        (REFORM, "reform", "改革任务", "flag_circle", "清单", ("view", "reform_task"), "task rf_"),
        (RISKS, "risks", "廉政风险", "shield", "清单", ("view", "risk"), "risk rk_"),
        (DISCIPLINE, "discipline", "政治纪律案件", "lock_person", "清单", ("view", "discipline_case"), "dc_"),
        (ITEMS, "items", "高频事项", "format_list_numbered", "清单", ("view", "item"), "item i_"),
        (RULES, "models", "模型", "rule", "模型数据", ("view", "rule"), "rule version state hits waiting trials"),
        (TUNING, "tuning", "调参与回测", "tune", "模型数据", ("preview", "rule"), "part by value held conclusion"),
        (
            SUPPRESSIONS,
            "suppressions",
            "抑制登记",
            "notifications_paused",
            "模型数据",
            ("view", "suppression"),
            "suppression s_",
        ),
        (DATA, "data", "数据", "database", "模型数据", ("view", "dataset"), "among d_ q_"),
        (EXERCISES, "exercises", "训练", "school", "训练", ("view", "exercise"), "attempt x_"),
        (CLASSES, "classes", "班级", "groups", "训练", ("view", "training_class"), "training"),
        (WALK, "walk", "讲解", "co_present", "训练", ("view", "walk"), "notes"),
        (BOARD, "board", "成绩", "leaderboard", "训练", ("view", "training_class"), "board"),
        (MESSAGES, "messages", "消息", "outgoing_mail", "模型数据", ("view", "message"), "message sending"),
        (ACCESS, "access", "权限", "key", "模型数据", ("view", "access"), ""),
        (HELP, "help", "帮助", "help", "模型数据", ("view", "help"), "entry he_", False),
    )
)
# Parameters that stand under another right than any page; None for who is looking, how the page was reached, the walk
# that is going on, the deadlines that any list can be narrowed to, and how long a page of the wall stands.
OTHERS: dict[str, Right | None] = {
    PERSONA_KEY: None,
    CLASS_KEY: None,
    PLAYS_KEY: None,
    "back": None,
    "due": None,
    WALK_KEY: None,
    "screen": ("view", "wall"),
    "every": None,
    "new": ("record", "clue"),
    "draft": ("draft", "notice"),
    "propose": ("propose", "motion"),
    "exemplar": ("view", "exemplar"),
    "nominate": ("nominate", "exemplar"),
    "compile": ("compile", "edition"),
    "issue": ("issue", "reform_task"),
    "enter": ("record", "discipline_case"),
    "register": ("record", "risk"),
    "dispatch": ("view", "grid"),
    "send": ("record", "grid_check"),
    "plan": ("draw", "lookback"),
    "turned": ("view", "list_task"),
    "adjust": ("view", "list_version"),
}

# What is open to a trainee whatever exercise is going on; besides these, what the exercise names.
IN_CLASS = (EXERCISES, HELP)

# Without a path of its own: what opens first, for whoever may open it.
FIRST = PLACES[0]
BY_URL = {place.url_path: place for place in PLACES}
BY_FILE = {place.file: place for place in PLACES}
# The right of each page by its url path, as the manual goes by it.
RIGHTS = {place.url_path: place.right for place in PLACES}
