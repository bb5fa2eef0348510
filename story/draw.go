package story

import (
	"context"
	"time"

	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
)

// drawsQuarters says that spot checks are drawn in the story: the clock opens
// the quarters, and no meeting is filed in one that is not open. Without the
// line a story's county does not draw yet.
type drawsQuarters struct{}

func (drawsQuarters) run(*runner, *Line) error { return nil }

// knownKey is a party whose key everybody knows: stories and their readers can
// repeat every draw.
type knownKey struct {
	party string
	first byte // the key is 32 bytes, counted up from here
}

// knownKeys are the keys of the draw's published known answers.
func knownKeys() []spotcheck.Holder {
	return []spotcheck.Holder{knownKey{"dic", 0x20}, knownKey{"org", 0}}
}

func (k knownKey) key() (key sampling.Key) {
	for i := range key {
		key[i] = k.first + byte(i)
	}
	return key
}

// Party implements [spotcheck.Holder].
func (k knownKey) Party() string { return k.party }

// Commit implements [spotcheck.Holder].
func (k knownKey) Commit(_ context.Context, q sampling.Quarter) (sampling.Hash, error) {
	return k.key().Commit(k.party, q), nil
}

// Share implements [spotcheck.Holder].
func (k knownKey) Share(_ context.Context, q sampling.Quarter, draw int) (sampling.Hash, error) {
	return k.key().Share(q, draw), nil
}

// Reveal implements [spotcheck.Holder].
func (k knownKey) Reveal(context.Context, sampling.Quarter) (sampling.Key, error) {
	return k.key(), nil
}

// keeper runs the draws of the story's county.
func (d *EngineDriver) keeper() (*spotcheck.Keeper, error) {
	seal, err := spotcheck.NewSeal(make([]byte, register.MasterLen))
	return &spotcheck.Keeper{Engine: d.engine, County: d.county, Holders: d.holders, Seal: seal}, err
}

// Clock implements [Driver]: it does everything that the calendar has to do by
// an instant, in the order of the timetable.
func (d *EngineDriver) Clock(ctx context.Context, now time.Time) error {
	k, err := d.keeper()
	if err != nil {
		return err
	}
	acts := func(ctx context.Context, now time.Time) (int, error) { return d.engine.Tick(ctx, d.county, now) }
	for _, job := range []func(context.Context, time.Time) (int, error){k.Open, acts, k.Points, k.Tell, k.Close} {
		if _, err := job(ctx, now); err != nil {
			return err
		}
	}
	return nil
}
