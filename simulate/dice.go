package simulate

import (
	"math/rand/v2"

	"jinchu/engine"
)

// slip is something that goes otherwise than it should, or than usual.
type slip struct {
	key   string
	words engine.Words
	every int // once in so many occasions
}

func newSlip(key, zh, en string, every int) *slip {
	s := &slip{key: key, words: engine.Words{Zh: zh, En: en}, every: every}
	slips = append(slips, s)
	return s
}

// slips are all of them, in the order of the procedure.
var slips []*slip

// dice decide who slips. They are fair and without luck: of so many occasions
// in a row one is hit, only which one is left to chance, so that even a short
// play sees everything.
type dice map[*slip]*die

type die struct {
	rand     *rand.Rand
	seen     int // occasions in this row
	hit      int // which of them
	happened int
}

func newDice(seed uint64) dice {
	d := dice{}
	for i, s := range slips {
		r := rand.New(rand.NewPCG(seed, 1<<32+uint64(i)))
		d[s] = &die{rand: r, hit: r.IntN(s.every)}
	}
	return d
}

// roll tells whether this occasion is one.
func (d dice) roll(s *slip) bool {
	die := d[s]
	hit := die.seen == die.hit
	if die.seen++; die.seen == s.every {
		die.seen, die.hit = 0, die.rand.IntN(s.every)
	}
	if hit {
		die.happened++
	}
	return hit
}
