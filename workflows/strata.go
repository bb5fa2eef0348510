package workflows

import (
	"strconv"
	"strings"
)

// StratumFigures are what came of a quarter's draw in one stratum (抽查监督).
// Forced checks are besides the quota and counted apart.
type StratumFigures struct {
	Stratum    string // not in the canonical form
	Filed      int
	Withdrawn  int
	Held       int // counts for the quota
	Need       int // checks that the quota asks for
	Branches   int // whose meetings count for the quota
	NeedBranch int // branches that the quota asks for
	Drawn      int // for the quota
	Forced     int
	Checked    int // of those drawn for the quota, concluded
	Covered    int // branches with such a check
	Passed     int // cleared after a failure included
	Failed     int // and not cleared
	Attend     int
	Visit      int
	Phone      int
	Overridden int
}

// number is one of the figures with its name in the canonical form.
type number struct {
	name string
	n    *int
}

func (f *StratumFigures) numbers() []number {
	return []number{{"filed", &f.Filed}, {"withdrawn", &f.Withdrawn}, {"held", &f.Held}, {"need", &f.Need}, {"branches", &f.Branches}, {"need_branches", &f.NeedBranch},
		{"drawn", &f.Drawn}, {"forced", &f.Forced}, {"checked", &f.Checked}, {"covered", &f.Covered}, {"passed", &f.Passed}, {"failed", &f.Failed},
		{"attend", &f.Attend}, {"visit", &f.Visit}, {"phone", &f.Phone}, {"overridden", &f.Overridden}}
}

// String is the canonical form, in which the report of a quarter keeps them:
// "filed=11 withdrawn=0 held=11 need=4 ...".
func (f StratumFigures) String() string {
	var parts []string
	for _, one := range f.numbers() {
		parts = append(parts, one.name+"="+strconv.Itoa(*one.n))
	}
	return strings.Join(parts, " ")
}

// ParseStratumFigures reads the canonical form, also where numbers are left
// out that were not counted yet when it was written: they are 0. ok is false
// for anything else.
func ParseStratumFigures(text string) (f StratumFigures, ok bool) {
	parts := strings.Split(text, " ")
	for _, one := range f.numbers() {
		value, named := strings.CutPrefix(parts[0], one.name+"=")
		if !named {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || strconv.Itoa(n) != value || n < 0 {
			return StratumFigures{}, false
		}
		*one.n = n
		if parts = parts[1:]; len(parts) == 0 {
			return f, true
		}
	}
	return StratumFigures{}, false
}

// Met reports whether as much was checked as the quota asks: of the meetings,
// and of the branches that held them.
func (f StratumFigures) Met() bool { return f.Checked >= f.Need && f.Covered >= f.NeedBranch }

// Shortfall is the stratum as the circular names it where it is not [StratumFigures.Met].
func (f StratumFigures) Shortfall() Shortfall {
	return Shortfall{Filed: f.Held, Checked: f.Checked, Need: f.Need, Branches: f.Branches, Covered: f.Covered, NeedBranches: f.NeedBranch}
}
