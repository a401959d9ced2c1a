"""A class graded: every notebook in a sandbox of its own, many at once, each once.

The transcript of a notebook is kept as soon as it is there, and only then written to the gradebook.
So a run that was killed goes on where it was, with nothing lost and nothing run twice.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import sandbox
from .courses import KEPT, Course, CourseError, load, save
from .limits import Limits
from .repairing import Finding, Unusable, read, repaired
from .transcripts import key_of, script_of, transcript
from .writing import Writer

__all__ = ["Grading", "Job", "checked", "grade"]

HERE = "127.0.0.1:0"
PATIENCE = 10.0  # seconds for a scheduler to answer
Progress = Callable[[str], object]


@dataclass
class Job:
    """One submission: what was found in its notebooks, and what is to be run.

    Attributes
    ----------
    student : str
    scripts : dict of str to list
        What to run, by the name of the notebook.
    findings : list of Finding
        What was put right.
    unusable : str
        Why it cannot be graded; empty if it can.
    """

    student: str
    scripts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unusable: str = ""


@dataclass
class Grading:
    """What a run of the grader did.

    Attributes
    ----------
    graded, before : list of str
        The students who were graded now, and those who had been.
    failed : dict of str to str
        Those who were not, and why: none of them has got a zero.
    jobs : list of Job
        All submissions, with what was found in them.
    """

    graded: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)


def checked(course: Course, assignment: str, students: list[str] | None = None) -> list[Job]:
    """Look at submissions before they are run.

    Parameters
    ----------
    course : Course
    assignment : str
    students : list of str, optional
        Their ids; all who handed something in by default.
    """
    names = course.notebooks(assignment)
    masters = {name: course.master(assignment, name) for name in names}
    jobs = []
    for student in students or course.students(assignment):
        job = Job(student)
        try:
            for name, master in masters.items():
                path = course.folder("submitted", student, assignment) / f"{name}.ipynb"
                notebook, found = read(path)
                mended, more = repaired(notebook, master)
                job.scripts[name] = script_of(mended, master.released)
                job.findings += found + more + _other_student(job.scripts[name], student)
        except Unusable as unusable:
            job.unusable = str(unusable)
        jobs.append(job)
    return jobs


def _other_student(script: list[dict[str, Any]], student: str) -> list[Finding]:
    """Find out whether a notebook was made with another id, and so with other numbers."""
    cells = "\n".join(cell["source"] for cell in script if cell["kind"] == "run")
    said = re.search(r"""^student\s*=\s*["'](.*?)["']""", cells, re.MULTILINE)
    if not said or said[1] == student:
        return []
    text = f"The notebook says student = {said[1]!r}; personal numbers are those of {student!r}."
    return [Finding("student", text)]


def grade(
    course: Course,
    assignment: str,
    *,
    students: list[str] | None = None,
    scheduler: str | None = None,
    limits: Limits | None = None,
    trusted: bool = False,
    progress: Progress = lambda student: None,
) -> Grading:
    """Run and judge all submissions that were not yet, and write their grades.

    Parameters
    ----------
    course : Course
    assignment : str
    students : list of str, optional
        Their ids; all who handed something in by default.
    scheduler : str, optional
        The address of a Dask scheduler; by default this machine does it all.
    limits : Limits, optional
    trusted : bool
        Whether to run students' code without a sandbox.
    progress : callable
        Called with each student's id when the grade is written.

    Raises
    ------
    CourseError, celib.classroom.sandbox.Unavailable
        If nothing can be graded.
    """
    with _alone(course, assignment):
        done = Grading(jobs=checked(course, assignment, students))
        writer = Writer(course, assignment)
        ready = [job for job in done.jobs if not job.unusable]
        done.failed |= {job.student: job.unusable for job in done.jobs if job.unusable}
        runs = _Runs(course, assignment, ready, trusted)
        for job in ready:
            if not runs.missing(job):
                _write(course, assignment, job, runs, writer, done, progress)
        for job, problem in runs.run(scheduler, limits or Limits()):
            if problem:
                done.failed[job.student] = problem
                progress(job.student)
            elif not runs.missing(job):
                _write(course, assignment, job, runs, writer, done, progress)
        return done


def _write(
    course: Course,
    assignment: str,
    job: Job,
    runs: _Runs,
    writer: Writer,
    done: Grading,
    progress: Progress,
) -> None:
    """Write one student's grades, unless these very ones are written."""
    written = course.kept(assignment, job.student, "written").with_suffix(".done")
    keys = {name: runs.key(job, name) for name in job.scripts}
    if load(written) == keys and course.folder("autograded", job.student, assignment).exists():
        done.before.append(job.student)
    elif problem := writer.write(job.student):
        done.failed[job.student] = f"nbgrader could not write the grade: {problem}"
    else:
        save(written, keys)
        done.graded.append(job.student)
    progress(job.student)


class _Runs:
    """The runs of a class: which are kept, which are still to be made."""

    def __init__(self, course: Course, assignment: str, jobs: list[Job], trusted: bool) -> None:
        self.course, self.assignment, self.trusted = course, assignment, trusted
        self.jobs = jobs

    def key(self, job: Job, name: str) -> str:
        return key_of(job.scripts[name], job.student, trusted=self.trusted)

    def missing(self, job: Job) -> list[str]:
        """Return the notebooks of a submission that have no transcript."""
        return [
            name
            for name in job.scripts
            if load(self.course.kept(self.assignment, job.student, name)).get("key")
            != self.key(job, name)
        ]

    def run(self, scheduler: str | None, limits: Limits) -> Iterator[tuple[Job, str]]:
        """Make the missing transcripts; give each submission whose next one is kept."""
        missing = [(job, name) for job in self.jobs for name in self.missing(job)]
        if not missing:
            return
        from dask.distributed import as_completed

        with _cluster(scheduler, trusted=self.trusted) as client:
            futures = {
                client.submit(
                    transcript,
                    job.scripts[name],
                    job.student,
                    limits.as_dict(),
                    trusted=self.trusted,
                    pure=False,
                    retries=2,
                ): (job, name)
                for job, name in missing
            }
            for future in as_completed(futures):
                job, name = futures.pop(future)
                try:
                    found = future.result()
                except sandbox.Unavailable:
                    raise
                except Exception as error:
                    yield job, f"the grader stumbled ({type(error).__name__}: {error})"
                    continue
                found["findings"] = [vars(finding) for finding in job.findings]
                save(self.course.kept(self.assignment, job.student, name), found)
                future.release()
                yield job, ""


@contextlib.contextmanager
def _cluster(scheduler: str | None, *, trusted: bool) -> Iterator[Any]:
    """Connect to a cluster, or make one of this machine's processors."""
    import dask
    from dask.distributed import Client, LocalCluster

    if scheduler:
        with _client(scheduler) as client:
            yield client
        return
    if not trusted:
        sandbox.refuse_without()
    # Threads, for the work is done in the sandboxes; and no port that others could speak to: Dask
    # opens two for its pages, which have nothing on them and are for this machine only.
    nothing: dict[str, Any] = {
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
    }
    with (
        dask.config.set(nothing),
        LocalCluster(
            processes=False,
            n_workers=1,
            threads_per_worker=os.cpu_count(),
            dashboard_address=HERE,
            worker_dashboard_address=HERE,
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _client(scheduler: str) -> Any:
    from dask.distributed import Client

    try:
        return Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"There is no Dask scheduler at {scheduler} ({error}). Is it running, and is the "
            "address the one it printed when it started?"
        ) from error


@contextlib.contextmanager
def _alone(course: Course, assignment: str) -> Iterator[None]:
    """Let only one grader at a time write the grades of a problem set."""
    folder = course.root / KEPT
    folder.mkdir(exist_ok=True)
    with open(folder / f"{assignment}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CourseError(
                f"Somebody is grading {assignment} at this moment. Wait until that has ended."
            ) from error
        yield
