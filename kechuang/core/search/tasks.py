"""检索任务 tasks: embeddings after a save; a sweep for what a crash left behind."""

from procrastinate.contrib.django import app

from kechuang.core.search.actions import embed_pending


@app.task(queueing_lock="search.embed", lock="search.embed", retry=5)
def embed() -> None:
    """Embed everything that is pending."""
    embed_pending()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="search.sweep", lock="search.embed")
def sweep(timestamp: int) -> None:
    """Embed what was saved while nobody could defer the task."""
    embed_pending()
