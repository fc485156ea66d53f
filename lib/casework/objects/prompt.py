"""What a unit is asked to verify or to mend."""

from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.prompts.steps import PROMPT, SEND
from lib.casework.store.schema import prompt

KIND = Kind(
    prompt,
    PROMPT,
    first=(SEND,),
    scope=SCOPE,
    noted={SEND: "发送", "escalate": "超期升级"},
    page=("prompts", "prompt"),
    reaches=(SEND,),
    # The unit is told what was written to it, not what fired, about whom and how gravely.
    kept=("warning_id", "level", "officer_id"),
)
