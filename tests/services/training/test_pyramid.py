"""Properties of reduced curves."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.training.pyramid import EMPTY, LEVELS, curve_of, extend, merge, reduce

floats = st.floats(width=32)
point_lists = st.lists(st.tuples(st.integers(0, 500), floats), max_size=300)


def arrays(points):
    return np.array([step for step, _ in points], np.int64), np.array([value for _, value in points], np.float32)


@st.composite
def curves(draw):
    """(steps, values) with ascending steps."""
    gaps = draw(st.lists(st.integers(1, 3), max_size=400))
    values = draw(st.lists(floats, min_size=len(gaps), max_size=len(gaps)))
    return np.cumsum(np.array(gaps, np.int64)).astype(np.int64), np.array(values, np.float32)


def same(left, right):
    return (
        left.steps.tobytes() == right.steps.tobytes()
        and np.array_equal(left.minima, right.minima, equal_nan=True)
        and np.array_equal(left.maxima, right.maxima, equal_nan=True)
        and (left.points, left.width, left.last_step) == (right.points, right.width, right.last_step)
    )


@given(st.lists(point_lists, max_size=5))
def test_of_equal_steps_the_last_value_stands(chunks):
    steps, values = merge([arrays(chunk) for chunk in chunks])
    stands = {step: np.float32(value) for chunk in chunks for step, value in chunk}
    assert steps.tolist() == sorted(stands)
    assert np.array_equal(values, [stands[step] for step in steps.tolist()], equal_nan=True)


@given(curves(), st.integers(1, 64))
def test_a_reduced_curve_has_at_most_as_many_buckets_as_asked_for_and_at_least_half(points, most):
    reduced = reduce(curve_of(points), most)
    assert len(reduced) <= most
    assert len(reduced) == len(points[0]) or len(reduced) > most // 2
    assert reduced.points == len(points[0])


@given(curves(), st.integers(1, 64))
def test_every_bucket_holds_the_extremes_of_its_points(points, most):
    steps, values = points
    reduced = reduce(curve_of(points), most)
    for index in range(len(reduced)):
        part = slice(index * reduced.width, (index + 1) * reduced.width)
        numbers = values[part][~np.isnan(values[part])]
        assert reduced.steps[index] == steps[part][0]
        if len(numbers):
            assert (reduced.minima[index], reduced.maxima[index]) == (numbers.min(), numbers.max())
        else:
            assert np.isnan(reduced.minima[index])
            assert np.isnan(reduced.maxima[index])


@given(curves(), st.lists(st.integers(0, 400), max_size=6), st.sampled_from([1, 2, 7, 16, 64]))
def test_how_a_curve_grew_cannot_be_seen_in_it(points, cuts, most):
    steps, values = points
    bounds = [0, *sorted(min(cut, len(steps)) for cut in cuts), len(steps)]
    grown = EMPTY
    for start, end in itertools.pairwise(bounds):
        grown = reduce(extend(grown, (steps[start:end], values[start:end])), most)
    assert same(grown, reduce(curve_of(points), most))


@given(curves())
def test_coarse_levels_follow_from_fine_ones(points):
    curve = curve_of(points)
    assert same(reduce(reduce(curve, 64), 16), reduce(curve, 16))


@given(curves())
def test_an_exact_curve_is_its_points_bit_for_bit(points):
    curve = reduce(curve_of(points), LEVELS[-1])
    assert curve.exact
    assert curve.steps.tobytes() == points[0].tobytes()
    assert curve.minima.tobytes() == curve.maxima.tobytes() == points[1].tobytes()
