"""A disk that loses its power: what is left of the files of a folder."""

import itertools
import os


class Disk:
    """What a disk would hold if the power went now: the bytes and names that were synced, and no others.

    Stands in for os.fsync and os.replace. An entry of a folder is on the disk once the folder was synced after it was
    made; the bytes of a file are those of the last fsync of it.
    """

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.bytes = {path.stat().st_ino: path.read_bytes() for path in folder.iterdir()}
        self.names = {path.name: path.stat().st_ino for path in folder.iterdir()}
        self.history = [self.after_power_loss()]
        self._fsync, self._replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)

    def fsync(self, descriptor):
        self._fsync(descriptor)
        inode = os.fstat(descriptor).st_ino
        if inode == self.folder.stat().st_ino:
            self.names = {path.name: path.stat().st_ino for path in self.folder.iterdir()}
        else:
            (path,) = (path for path in self.folder.iterdir() if path.stat().st_ino == inode)
            self.bytes[inode] = path.read_bytes()
        self.history.append(self.after_power_loss())

    def replace(self, source, target):
        self._replace(source, target)
        # a journal may write the rename at any time from now on, before the bytes that nobody waited for
        self.history.append({**self.after_power_loss(), target.name: self.bytes.get(target.stat().st_ino, b"")})

    def after_power_loss(self):
        return {name: self.bytes.get(inode, b"") for name, inode in self.names.items()}


class Moments(Disk):
    """All that a disk may hold after a crash: renames that nobody has waited for may be on it or not, each by itself."""

    def __init__(self, folder, monkeypatch):
        self.renamed = []
        super().__init__(folder, monkeypatch)

    def fsync(self, descriptor):
        super().fsync(descriptor)
        if os.fstat(descriptor).st_ino == self.folder.stat().st_ino:
            self.renamed = []

    def replace(self, source, target):
        super().replace(source, target)
        self.renamed.append((target.name, target.stat().st_ino))
        for choice in itertools.product([False, True], repeat=len(self.renamed)):
            names = self.names | dict(itertools.compress(self.renamed, choice))
            self.history.append({name: self.bytes.get(inode, b"") for name, inode in names.items()})
