"""Seconds from starting Python to a solved discharge, as JSON; run by the benchmark in a fresh process."""

import json
import time

from electrosim.discharge.parameter_sets import parameter_set
from electrosim.discharge.protocol import Step
from electrosim.discharge.structured import Structured

imported = time.process_time()
given = parameter_set("chen-2020")
step = Step("current", given.one_c, lower_voltage=given.lower_voltage)
run = Structured().run(given.cell, [step], given.start)
print(json.dumps({"import_seconds": imported, "processor_seconds": time.process_time(), "end": float(run.time[-1])}))
