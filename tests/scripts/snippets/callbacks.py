"""A callback that reports the loss of each epoch."""

from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec

events = []


class LossLogger(CallbackAny2Vec):
    def __init__(self):
        self.epoch = 0
        self.last = 0.0
        self.losses = []

    def on_train_begin(self, model):
        events.append("begin")

    def on_epoch_begin(self, model):
        events.append(f"epoch {self.epoch}")

    def on_epoch_end(self, model):
        loss = model.get_latest_training_loss()
        self.losses.append(loss - self.last)
        self.last = loss
        self.epoch += 1
        model.save(f"epoch{self.epoch}.model")

    def on_train_end(self, model):
        events.append("end")


logger = LossLogger()
sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
model = Word2Vec(sentences, vector_size=8, min_count=2, epochs=3, workers=1, compute_loss=True, callbacks=[logger])

results = {
    "events": events,
    "positive": all(loss > 0 for loss in logger.losses),
    "epochs": logger.epoch,
    "saved": Word2Vec.load("epoch2.model").wv.vectors.shape,
}
