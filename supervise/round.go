package supervise

import (
	"context"
	"errors"
	"sync"
	"time"

	"jinchu/engine"
	"jinchu/register"
)

// Round lets the jobs of a slot share one sweep: the first one that asks for
// the slot raises what all of them have to raise, and the others are told what
// became of theirs. A job that asks again, because its run failed, sweeps for
// itself alone. So does every job of a nil Round. It is for one county, and
// safe for concurrent use.
type Round struct {
	mu   sync.Mutex
	slot time.Time          // of the last sweep that came to its end
	at   time.Time          // when it was made
	left map[string]portion // of the jobs that have not asked yet
}

// portion is what became of a job in a sweep.
type portion struct {
	acts   int
	faults engine.CaseFaults
}

// fresh is how long what became of a job may wait until it asks: jobs of one
// slot are run one after the other. By then others may have done more.
const fresh = 10 * time.Minute

// Run does a job's part of a slot, as [Sweep] does.
func (r *Round) Run(ctx context.Context, e *engine.Engine, county register.CountyID, j Job, slot, now time.Time) (acts int, err error) {
	if r == nil {
		return Sweep(ctx, e, county, slot, now, j.Owns)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slot.Equal(r.slot) {
		if acts, err := r.sweep(ctx, e, county, slot, now); err != nil {
			return acts, err
		}
	}
	p, left := r.left[j.Key]
	delete(r.left, j.Key)
	switch {
	case !left || now.Sub(r.at) >= fresh:
		return Sweep(ctx, e, county, slot, now, j.Owns)
	case p.faults.Count > 0:
		return p.acts, &p.faults
	}
	return p.acts, nil
}

// sweep raises everything for a slot, and deals out what became of it. A sweep
// that was ended counts for whoever asked for it; the next job begins anew.
func (r *Round) sweep(ctx context.Context, e *engine.Engine, county register.CountyID, slot, now time.Time) (acts int, err error) {
	s := newSweep(ctx, e, county, slot, now, nil)
	err = s.run()
	var down *engine.Unavailable
	var faults *engine.CaseFaults
	errors.As(err, &faults)
	if err != nil && (faults == nil || ctx.Err() != nil || errors.As(err, &down)) {
		for _, n := range s.acts {
			acts += n
		}
		return acts, err
	}
	r.slot, r.at, r.left = slot, now, map[string]portion{}
	for _, j := range Jobs {
		r.left[j.Key] = portion{s.acts[j.Key], faultsOf(faults, j.Key)}
	}
	return 0, nil
}

// faultsOf are the faults of a job. What could not even be read, or was not
// kept, is that of the job which has all the others.
func faultsOf(faults *engine.CaseFaults, job string) (out engine.CaseFaults) {
	if faults == nil {
		return out
	}
	for _, f := range faults.Kept {
		var of *jobFault
		if errors.As(f.Err, &of) && of.job == job || of == nil && job == Ladder {
			out.Add(f)
		}
	}
	if job == Ladder {
		out.Count += faults.Count - len(faults.Kept)
	}
	return out
}
