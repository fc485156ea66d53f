"""Demonstrations: the walks to choose from."""

from lib.ui import message
from lib.ui.access import session
from lib.ui.training import walk

warehouse = session.warehouse()
assert warehouse is not None
if warehouse.synthetic:
    walk.listed()
else:
    message.nothing("这里是真实数据", "讲解只在合成城市上：另设 COCKPIT_HOME，建立合成城市后讲解。")
