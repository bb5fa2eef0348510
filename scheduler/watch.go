package scheduler

import (
	"log/slog"
	"sync"
	"time"
)

// Calm is how long a server begins no job after its wall clock has jumped
// ahead by more than a [Term]: what falls due cannot be taken back, and a clock
// that is wrong is set right within that time, or by somebody who reads the
// log. A host that was suspended waits as well, since it looks the same.
const Calm = 15 * time.Minute

// watch compares the wall clock with a ticker, which no setting of the clock
// moves.
type watch struct {
	log *slog.Logger

	mu   sync.Mutex
	last time.Time // what the wall clock said at the latest beat, or after a jump
	calm int       // beats until jobs are begun again
}

// trusts tells whether jobs may be begun, the wall clock saying now.
func (w *watch) trusts(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.see(now)
	return w.calm == 0
}

// beat is a minute by the ticker; back tells whether the clock was set back in
// it.
func (w *watch) beat(now time.Time) (back bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	back = now.Before(w.last)
	w.see(now)
	w.last, w.calm = now, max(0, w.calm-1)
	return back
}

// see notes a jump. Between two beats lies a minute, whatever the clock says.
func (w *watch) see(now time.Time) {
	if now.Sub(w.last) <= Term {
		return
	}
	w.log.Warn("the clock has jumped ahead, or the host was suspended: no job is begun for a while; set the clock right if it is wrong",
		"from", stamp(w.last), "to", stamp(now), "for", Calm.String())
	w.last, w.calm = now, int(Calm/time.Minute)+1
}
