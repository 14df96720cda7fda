"""Many clients at the same moment."""
import concurrent.futures
import threading


def together(jobs):
    """Runs all jobs at the same moment, each on a thread of its own; returns their results in order."""
    barrier = threading.Barrier(len(jobs))

    def run(job):
        barrier.wait()
        return job()

    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        return [f.result() for f in [pool.submit(run, job) for job in jobs]]
