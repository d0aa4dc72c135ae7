"""Prompts of the demo tasks, written to match their clips."""

CAT = "A neon cat made of light tubes dances on its hind legs in a dark club, disco beams sweeping through haze"
CITY = (
    "Slow dolly through a city of folded paper at dawn, windows lighting one by one, warm haze between the layers, "
    "a paper plane drifts across the sky"
)
SEA = "Night sea under a full moon, long gentle swell, a small sailing boat crosses the glitter path, 35 mm, grain"
FOREST = "Fireflies rise in a misty pine forest at blue hour, camera creeps forward between the trunks, shallow focus"
_MAKER = (
    "A clockmaker's workshop in late afternoon light. The camera starts on a single brass gear turning in close-up and "
    "pulls back, without a cut, through shelves of unfinished clocks. "
)
LONG = _MAKER + " ".join(
    f"Beat {beat}: {what}."
    for beat, what in enumerate(
        (
            "dust hangs in the sunbeam and drifts slowly to the left as if something large had just passed",
            "an old hand enters the frame, places a ruby bearing with tweezers and withdraws, steady and unhurried",
            "the pendulums behind it are out of step at first; one after another they fall into the same rhythm",
            "the light warms from honey to copper, and the shadows of the gears climb the far wall like a machine",
            "a child's face appears at the window, breath on the glass, one finger drawing a clock face in the mist",
            "the camera passes through the keyhole of a long-case clock and finds a night sky inside, turning slowly",
            "every clock strikes at once, silently; only the dust jumps, ring upon ring, like rain on still water",
            "back in the room the sunbeam has reached the empty chair, and the tweezers lie where the hand was",
            "hold on the ruby bearing, now running, a red point that beats like a small and patient heart",
            "the child draws the second hand; for as long as the finger moves, the real one stands still",
            "rack focus from the glass to the street, where lamps come on along the tram line in time with the ticking",
            "a cat walks the length of the top shelf, and no pendulum changes its step for it",
            "the last light leaves the brass; what remains is the red point and the sound one imagines",
            "fade by letting the gears stop one after another, the largest first, until only the smallest turns",
        ),
        start=1,
    )
)
"""Longer than a card shows at first; twice its length is more than the service accepts."""
