"""Time and memory of one call, and the file that results are written to: the same as the Java benchmarks write."""
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile, record_function

FEATURES = ["avx2", "f16c", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16"]
MARK = "mark:"


def synchronise(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds_a_call(call, device, effort):
    """Median over iterations of so many milliseconds, each calling again and again; for calls of microseconds."""
    on_clock = device.type == "cuda"  # a GPU works beside the thread that asks
    clock = time.perf_counter_ns if on_clock else time.thread_time_ns
    samples = []
    for iteration in range(effort.warm_ups + effort.iterations):
        synchronise(device)
        calls, end = 0, time.perf_counter_ns() + effort.milliseconds * 1_000_000
        start = clock()
        while time.perf_counter_ns() < end:
            for _ in range(100):
                call()
            calls += 100
        synchronise(device)
        if iteration >= effort.warm_ups:
            samples.append((clock() - start) / calls / 1e9)
    return statistics.median(samples)


def seconds_a_step(step, device, effort):
    """Median over single calls, for those that take a good part of a second."""
    samples = []
    for iteration in range(effort.warm_ups + effort.iterations):
        synchronise(device)
        start = time.perf_counter_ns()
        step()
        synchronise(device)
        if iteration >= effort.warm_ups:
            samples.append((time.perf_counter_ns() - start) / 1e9)
    return statistics.median(samples)


class ResidentMemory:
    """What the process grows by, as Linux sees it."""

    def __init__(self):
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            pass  # the peak since the start of the process is then the peak
        self.before = self.field("VmRSS")

    def peak(self):
        return max(0, self.field("VmHWM") - self.before)

    @staticmethod
    def field(name):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        return 0


def counted(make, device):
    """Bytes of a training step by the allocator's own reports, everything of the model included.

    `make` builds what is trained; `run(mark)` of that takes a step and marks the beginning of `backward` and `update`.
    """
    return counted_on_cuda(make, device) if device.type == "cuda" else counted_on_cpu(make)


def counted_on_cuda(make, device):
    torch.cuda.empty_cache()
    empty = torch.cuda.memory_allocated(device)
    training = make()
    weights = torch.cuda.memory_allocated(device) - empty
    training.run()
    synchronise(device)
    torch.cuda.reset_peak_memory_stats(device)
    before, saved = torch.cuda.memory_allocated(device), 0

    def mark(phase):
        nonlocal saved
        if phase == "backward":
            saved = torch.cuda.memory_allocated(device) - before

    training.run(mark)
    synchronise(device)
    peak = torch.cuda.max_memory_allocated(device) - empty
    return {"peakBytes": peak, "savedActivationBytes": saved, "weightBytes": weights}


def counted_on_cpu(make):
    """The CPU's allocator keeps no totals; the profiler sees every report that it makes."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        training = make()
        with record_function(MARK + "built"):
            pass
        training.run()
        with record_function(MARK + "step"):
            pass

        def mark(phase):
            with record_function(MARK + phase):
                pass

        training.run(mark)
        del training
    events = profiler.profiler.kineto_results.events()
    marks = {event.name()[len(MARK):]: event.start_ns() for event in events if event.name().startswith(MARK)}
    reports = sorted((event.start_ns(), event.nbytes()) for event in events if event.name() == "[memory]")
    live, peak, at = 0, 0, {}
    for moment, size in reports:
        for phase, start in marks.items():
            if phase not in at and moment >= start:
                at[phase] = live
        live += size
        if "step" in at:
            peak = max(peak, live)
    return {"peakBytes": peak, "savedActivationBytes": at["backward"] - at["step"], "weightBytes": at["built"]}


def machine():
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""

    def field(name):
        return next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith(name)), "")

    flags = set(field("flags").split())
    processor = field("model name") or "unknown"
    if torch.cuda.is_available():
        processor += ", " + torch.cuda.get_device_name()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {"system": f"{platform.system()} {platform.release()} ({platform.machine()})", "processor": processor,
            "features": [feature for feature in FEATURES if feature in flags], "threads": os.cpu_count(),
            "memoryBytes": pages}


def write(results, failures, versions, file):
    """To a file, all of it or nothing; to standard output when there is none."""
    text = json.dumps({"command": "python " + " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]), "machine": machine(),
                       "versions": versions, "results": results, "failures": failures}, indent=2) + "\n"
    if file is None:
        print(text, end="")
        return
    target = Path(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + ".part")
    temporary.write_text(text)
    temporary.replace(target)
