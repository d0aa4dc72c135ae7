"""`weak_callback`: a callback that does not keep its object."""

import weakref

from runway_nb.view.weak_callback import weak_callback


class Owner:
    def __init__(self):
        self.heard = []

    def hear(self, *args, **options):
        self.heard.append((args, options))


def test_callback_reaches_its_object():
    owner = Owner()
    weak_callback(owner.hear)(1, at=2)
    assert owner.heard == [((1,), {"at": 2})]


def test_callback_does_not_keep_its_object():
    owner = Owner()
    call, kept = weak_callback(owner.hear), weakref.ref(owner)
    del owner
    assert kept() is None
    call("to no one")
