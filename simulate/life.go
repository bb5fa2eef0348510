package simulate

import (
	"math/rand/v2"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// life is one person's way through the procedure.
type life struct {
	course
	n        int
	person   *register.Person  // as they enter the register
	kin      []*register.Kin   // of theirs, entered with them
	relative register.PersonID // close kin among the branch's members
	superior register.OfficeID // close kin among the committee's officers
	branch   *branch

	stage string        // as last answered
	since calendar.Date // in that stage
	ended bool
	held  map[string]string // claims
	due   []engine.Deadline

	watched    calendar.Date   // since when half years count
	observed   []calendar.Date // on which days half years were reviewed
	trained    bool
	adopted    calendar.Date // by the general meeting
	failed     calendar.Date // in the general meeting
	voters     int64         // who should attend the meeting filed
	isUpheld   bool          // an objection, and nothing has come of it yet
	isFraud    bool          // what was upheld
	ends       calendar.Date // probation
	extension  int           // months by which probation is resolved to be extended
	isExtended bool          // probation
}

// officer is an officer of the committee above, or a colleague where that one
// is kin.
func (l *life) officer(i int) register.OfficeID {
	id := l.branch.above.officers[i]
	if id == l.superior {
		return l.play.county.another(id, l.rand)
	}
	return id
}

// The officers of a committee by what they mostly do.
const (
	reviews = iota
	signs
	organizes
)

// anyOfficer is one of the three.
func (l *life) anyOfficer() register.OfficeID { return l.officer(l.rand.IntN(organizes + 1)) }

// underNewRules tells which edition of the rules is in force.
func (l *life) underNewRules() bool { return !l.on.Before(l.play.edition) }

// one takes one of several at random.
func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

func randomID(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = idAlphabet[r.IntN(len(idAlphabet))]
	}
	return string(b)
}

func caseID(r *rand.Rand) engine.CaseID { return engine.CaseID(randomID(r, 26)) }
