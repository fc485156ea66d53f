"""A Spark Connect server of one's own: Apache Spark's, from PySpark, on this machine and only while it is needed."""

import gc
import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

SECONDS = 300
_CLASS = "org.apache.spark.sql.connect.service.SparkConnectServer"
# Of small tables most of the time goes into planning and compiling: both are kept short, and a query to one job.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC",
}


class Server(NamedTuple):
    """Where a server listens, and its process."""

    address: str
    process: int

    def spent(self) -> float:
        """The seconds of processor that it has taken so far, on all cores together."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def missing() -> str:
    """What a server needs and this machine has not; '' when it has all."""
    spec = importlib.util.find_spec("pyspark")
    wanting = {
        "Java 17": shutil.which("java") is None,
        "PySpark (requirements-spark.txt)": spec is None or spec.origin is None,
    }
    return ", ".join(name for name, absent in wanting.items() if absent)


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(
    folder: Path, cores: int = 2, memory: str = "3g", settings: dict[str, str] | None = None
) -> Iterator[Server]:
    """A server on so many cores of this machine and no more, that writes into `folder` and is gone afterwards."""
    spec = importlib.util.find_spec("pyspark")
    assert spec is not None and spec.origin is not None
    home, port = Path(spec.origin).parent, _free_port()
    held = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder),
        **(SMALL if settings is None else settings),
    }
    given = [part for name, value in held.items() for part in ("--conf", f"{name}={value}")]
    command = [
        str(home / "bin" / "spark-submit"), "--class", _CLASS, "--master", f"local[{cores}]",
        "--driver-memory", memory, *given, "spark-internal",
    ]  # fmt: skip
    around = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    with (folder / "server.log").open("wb") as log:
        own = sorted(os.sched_getaffinity(0))[:cores]
        server = subprocess.Popen(
            ["taskset", "-c", ",".join(map(str, own)), *command], cwd=folder, env=around, stdout=log, stderr=log
        )
    try:
        started = time.monotonic()
        while not _answers(port):
            if server.poll() is not None or time.monotonic() - started > SECONDS:
                raise RuntimeError(f"no Spark: {(folder / 'server.log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.5)
        yield Server(f"sc://127.0.0.1:{port}", server.pid)
    finally:
        # Sessions that nobody holds end while the server is there: for one that is gone PySpark waits minutes.
        gc.collect()
        server.terminate()
        server.wait(60)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
