package spotcheck

import (
	"testing"

	"jinchu/register"
	"jinchu/sampling"
)

// A mark is chosen for a filing as it is now: what has one keeps it, but for
// the missing shares without which nothing is drawn; what is not standing any
// more gets none.
func TestMarks(t *testing.T) {
	for _, tt := range []struct {
		name            string
		f               register.Filing
		silent, carried bool
		want            sampling.Reason
	}{
		{"nothing to mark", register.Filing{}, false, false, ""},
		{"no shares", register.Filing{}, true, true, sampling.Failsafe},
		{"carried over", register.Filing{}, false, true, sampling.Carry},
		{"late and carried over", register.Filing{Forced: "late"}, false, true, ""},
		{"late, and no shares to draw it by", register.Filing{Forced: "late"}, true, false, sampling.Failsafe},
		{"marked already", register.Filing{Forced: "failsafe"}, true, true, ""},
		{"counted already", register.Filing{Point: 1}, true, true, ""},
	} {
		if got := markOf(&tt.f, tt.silent, tt.carried); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
