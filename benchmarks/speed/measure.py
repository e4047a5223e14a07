"""What one method costs on one file, in a process of its own: ``measure.py METHOD FILE``; prints a line of JSON.

CPU seconds of the first run and the median of three more, without the start of the interpreter and the imports, and the
largest resident memory. Every method reads the file itself. Needs nothing but what the method needs.
"""

import json
import resource
import statistics
import sys


def cpu_s() -> float:
    """CPU time of this process so far [s]."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """Largest resident memory of this process; that of getrusage would still hold its parent's [MB]."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def read_csv():
    """What everything is measured against."""
    import pandas as pd

    return lambda path: pd.read_csv(path)


def scipy_lines():
    """Four lines: read, magnitude, low-pass, peaks."""
    import numpy as np
    import pandas as pd
    from scipy.signal import butter, filtfilt, find_peaks

    def run(path):
        table = pd.read_csv(path)
        magnitude = np.linalg.norm(table[["acc_x_g", "acc_y_g", "acc_z_g"]].to_numpy(), axis=1)
        smooth = filtfilt(*butter(4, 5 / 50), magnitude)
        return len(find_peaks(smooth, height=1.2, distance=25)[0])

    return run


def gait_read():
    """Reading only."""
    import gait
    import gait.analysis
    import gait.io.reader

    return lambda path: gait.read_recording(path, placement="hip")


def gait_all():
    """Reading and analysis."""
    import scipy.fft
    import scipy.signal
    import scipy.stats  # noqa: F401

    import gait
    import gait.analysis

    return lambda path: gait.analyze(gait.read_recording(path, placement="hip"), calibrate="first-run")


def gait_report():
    """The report of an analysis that is there."""
    from gait.report.page import render_report

    run = gait_all()
    kept = {}

    def render(path):
        if path not in kept:
            kept[path] = run(path)
        return len(render_report(kept[path]))

    return render


def sensormotion():
    """Its own recipe: low-pass, peaks, steps."""
    import pandas as pd
    import sensormotion as sm

    def run(path):
        table = pd.read_csv(path)
        b, a = sm.signal.build_filter(10, 100.0, "low", filter_order=4)
        smooth = sm.signal.filter_signal(b, a, table["acc_y_g"].to_numpy())
        times, _values = sm.peak.find_peaks(table["time_s"].to_numpy() * 1000, smooth, peak_type="peak", min_val=0.6,
                                            min_dist=30, plot=False)  # fmt: skip
        return sm.gait.step_count(times)

    return run


def skdh():
    """Gait of the lumbar sensor of scikit-digital-health."""
    import pandas as pd
    from skdh.gait import GaitLumbar

    def run(path):
        table = pd.read_csv(path)
        method = GaitLumbar()
        time_s = table["time_s"].to_numpy() + 1.6e9
        accel = table[["acc_x_g", "acc_y_g", "acc_z_g"]].to_numpy()
        return method.predict(time=time_s, accel=accel, height=1.75, fs=100.0)

    return run


def mobgap():
    """Gait sequences and initial contacts of mobgap."""
    import pandas as pd
    from mobgap.gait_sequences import GsdIonescu
    from mobgap.initial_contacts import IcdIonescu

    def run(path):
        table = pd.read_csv(path)
        body = pd.DataFrame({"acc_is": -table["acc_y_g"] * 9.81, "acc_ml": table["acc_x_g"] * 9.81,
                             "acc_pa": table["acc_z_g"] * 9.81})  # fmt: skip
        body[["gyr_is", "gyr_ml", "gyr_pa"]] = 0.0
        found = GsdIonescu().detect(body, sampling_rate_hz=100.0).gs_list_
        for row in found.itertuples():
            IcdIonescu().detect(body.iloc[row.start : row.end].reset_index(drop=True), sampling_rate_hz=100.0)
        return len(found)

    return run


METHODS = {method.__name__: method for method in (read_csv, scipy_lines, gait_read, gait_all, gait_report, sensormotion,
                                                  skdh, mobgap)}  # fmt: skip


def main() -> None:
    """Measure."""
    name, path = sys.argv[1:3]
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    run = METHODS[name]()
    took = []
    for _ in range(1 + repeats):
        before = cpu_s()
        run(path)
        took.append(cpu_s() - before)
    print(json.dumps({"cold_s": took[0], "warm_s": statistics.median(took[1:] or took), "memory_mb": peak_mb()}))


if __name__ == "__main__":
    main()
