"""The process that compiles typst a firm wrote: it reads a job, gives up every right it can, and writes a PDF."""

import json
import resource
import sys

import typst

PROCESSOR_SECONDS = 10
MEMORY = 1 << 30
FILES = 3
"""Standard input, output and error: nothing else can be opened, no file and no connection."""

job = json.loads(sys.stdin.buffer.read())
resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
try:
    pdf = typst.compile(
        job["source"].encode(), root="/", ignore_system_fonts=True, format="pdf", sys_inputs=job["inputs"], timestamp=0
    )
except typst.TypstError as error:
    sys.stdout.buffer.write(str(error.diagnostic or error).encode())
    sys.exit(1)
sys.stdout.buffer.write(pdf)
