"""One bot in this process for all of its tests; each begins with empty tables and people of its own."""

from collections.abc import Iterator

import pytest

from tests.fuzz.world import World


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("fuzz"))
    yield world
    world.close()


@pytest.fixture
def world(shared_world: World) -> World:
    shared_world.begin()
    return shared_world
