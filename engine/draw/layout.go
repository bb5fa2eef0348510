package draw

import (
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
)

// Sizes in pixels at a width of 1366.
const (
	stageWidth = 150 // of the column of stages
	laneWidth  = 7   // of one trunk in the gutter
	minColumn  = 92
	fullWidth  = 1366
	chipGap    = 6  // between two acts of a row
	lineHeight = 15 // of a line of an act
	topHeight  = 92 // title and legend
	headHeight = 34 // row of the roles
	many       = 4  // from that many stages on, a rule stands in the last row
)

// chip is one rule as it starts from one stage: an act in the column of who
// does it.
type chip struct {
	rule   *engine.Rule
	from   string // "" in the last row, for rules of many stages
	col    int
	lines  []line
	x, y   int
	w, h   int
	style  style
	taken  bool // on the path of the case
	target int  // row of the stage it leads to, -1 for none
}

type line struct {
	text string
	size int
	bold bool
}

// row is a stage with the acts that start from it.
type row struct {
	stage  engine.Stage
	chips  []*chip
	y, h   int
	header bool // the roles are repeated above it
}

// trunk is a line in the gutter along which acts lead to one stage.
type trunk struct {
	to       *row
	back     bool // from stages further down
	chips    []*chip
	top, end int
	lane     int
}

// plan is the whole picture before it is written.
type plan struct {
	w       *engine.Workflow
	o       Options
	roles   []engine.Role
	rows    []*row
	trunks  []*trunk
	lanes   int
	column  int // width of a role's column
	left    int // where the columns begin
	width   int
	height  int
	general *row // rules of many stages
}

func layout(w *engine.Workflow, o Options) *plan {
	p := &plan{w: w, o: o, roles: roles(w), general: &row{}}
	at := map[string]int{}
	for i, st := range orderedStages(w) {
		p.rows, at[st.Key] = append(p.rows, &row{stage: st}), i
	}
	for i := range w.Rules {
		if r := &w.Rules[i]; o.On == (calendar.Date{}) || r.InForce(o.On) {
			p.place(r, at)
		}
	}
	p.bundle()
	p.left = stageWidth + 30 + laneWidth*p.lanes
	p.column = max(minColumn, (fullWidth-p.left-8)/max(1, len(p.roles)))
	p.width = p.left + p.column*len(p.roles) + 8
	p.stack()
	for _, t := range p.trunks {
		t.span()
	}
	return p
}

// place makes the chips of a rule: one in each stage it starts from, or one
// in the last row where these are many.
func (p *plan) place(r *engine.Rule, at map[string]int) {
	col := slices.IndexFunc(p.roles, func(q engine.Role) bool { return q.Key == r.Role.Key })
	if len(r.From) >= many {
		p.general.chips = append(p.general.chips, &chip{rule: r, col: col, target: -1, style: styleOf(r, 0, 1), taken: p.o.took(r, "")})
		return
	}
	for _, from := range r.From {
		c := &chip{rule: r, from: from.Key, col: col, target: -1, taken: p.o.took(r, from.Key)}
		c.style = styleOf(r, 0, 0)
		if !r.Stay {
			c.target = at[r.To.Key]
			c.style = styleOf(r, at[from.Key], c.target)
		}
		i := at[from.Key]
		p.rows[i].chips = append(p.rows[i].chips, c)
	}
}

// bundle gathers the acts that lead to one stage into trunks, one for those
// from above and one for those from below, and gives the trunks lanes so that
// no two overlap.
func (p *plan) bundle() {
	for i, r := range p.rows {
		for _, c := range r.chips {
			if c.target < 0 {
				continue
			}
			to, back := p.rows[c.target], c.target <= i
			j := slices.IndexFunc(p.trunks, func(t *trunk) bool { return t.to == to && t.back == back })
			if j < 0 {
				j, p.trunks = len(p.trunks), append(p.trunks, &trunk{to: to, back: back, top: c.target, end: c.target})
			}
			t := p.trunks[j]
			t.chips, t.top, t.end = append(t.chips, c), min(t.top, i), max(t.end, i)
		}
	}
	// Short trunks first: they stay near the stages.
	slices.SortStableFunc(p.trunks, func(a, b *trunk) int { return (a.end - a.top) - (b.end - b.top) })
	var lanes [][]*trunk
	for _, t := range p.trunks {
		t.lane = slices.IndexFunc(lanes, func(lane []*trunk) bool {
			return !slices.ContainsFunc(lane, func(o *trunk) bool { return t.top <= o.end && o.top <= t.end })
		})
		if t.lane < 0 {
			t.lane, lanes = len(lanes), append(lanes, nil)
		}
		lanes[t.lane] = append(lanes[t.lane], t)
	}
	p.lanes = len(lanes)
}

// stack gives every row its height and every chip its place. An act that
// leads away has the line to its left free; acts that stay share a line with
// it to its right.
func (p *plan) stack() {
	y, sinceHead := topHeight+headHeight, 0
	for _, r := range append(slices.Clone(p.rows), p.general) {
		if r == p.general && len(r.chips) == 0 {
			break
		}
		if sinceHead > 640 && r != p.general {
			r.header, sinceHead = true, 0
			y += headHeight
		}
		r.y = y
		r.h = max(p.fill(r), 30+18*len(wrap(signOf(p.o, r.stage)+r.stage.Words.Zh, stageWidth-32, 14)))
		y, sinceHead = y+r.h, sinceHead+r.h
	}
	p.height = y + 8
}

// fill places the chips of a row and returns its height.
func (p *plan) fill(r *row) int {
	type shelf struct {
		chips []*chip
		moves int // column of the act that leads away, -1 for none
	}
	var shelves []*shelf
	for _, c := range r.chips {
		c.lines = p.lines(c)
		c.w, c.h = p.column-8, 10+lineHeight*len(c.lines)
		fits := func(s *shelf) bool {
			taken := slices.ContainsFunc(s.chips, func(o *chip) bool { return o.col == c.col })
			if c.target < 0 {
				return !taken && (s.moves < 0 || s.moves < c.col)
			}
			return s.moves < 0 && !slices.ContainsFunc(s.chips, func(o *chip) bool { return o.col <= c.col })
		}
		i := slices.IndexFunc(shelves, fits)
		if i < 0 || r == p.general {
			i, shelves = len(shelves), append(shelves, &shelf{moves: -1})
		}
		shelves[i].chips = append(shelves[i].chips, c)
		if c.target >= 0 {
			shelves[i].moves = c.col
		}
	}
	y := r.y + chipGap
	for _, s := range shelves {
		h := 0
		for _, c := range s.chips {
			c.x, c.y = p.left+c.col*p.column+4, y
			h = max(h, c.h)
			if r == p.general {
				_, names := p.origins(c)
				h = max(h, 14*len(names)+4)
			}
		}
		y += h + chipGap
	}
	return y - r.y
}

// lines are the words on a chip: the act, the article, and where it leads.
func (p *plan) lines(c *chip) []line {
	var out []line
	for _, s := range wrap(c.style.sign+c.rule.Action.Words.Zh, p.column-18, 13) {
		out = append(out, line{s, 13, true})
	}
	small := []string{string(c.rule.Article), inForce(c.rule.Since, c.rule.Until).Zh}
	if !c.rule.Stay {
		small = append(small, "→ "+c.rule.To.Words.Zh)
	}
	for _, words := range small {
		if words == "" {
			continue
		}
		for _, s := range wrap(words, p.column-18, 11) {
			out = append(out, line{s, 11, false})
		}
	}
	return out
}

// origins are the lines that name the stages a rule of many starts from, and
// where they begin: beside its chip, on the side that has more room.
func (p *plan) origins(c *chip) (x int, names []string) {
	zh := list(each(c.rule.From, func(s engine.Stage) engine.Words { return s.Words })).Zh
	x, width := c.x+c.w+10, p.width-c.x-c.w-20
	if c.x-p.left > width {
		x, width = p.left+6, c.x-p.left-16
	}
	return x, wrap("自:"+zh, width, 11)
}

// span is the part of the gutter a trunk takes, in pixels.
func (t *trunk) span() {
	t.top, t.end = t.entry(), t.entry()
	for _, c := range t.chips {
		t.top, t.end = min(t.top, c.middle()), max(t.end, c.middle())
	}
}

// entry is where the trunk enters its stage: above for what comes from above.
func (t *trunk) entry() int {
	if t.back {
		return t.to.y + t.to.h - 12
	}
	return t.to.y + 12
}

func (t *trunk) x() int { return stageWidth + 18 + t.lane*laneWidth }

func (c *chip) middle() int { return c.y + c.h/2 }

// wide is about how wide a text is in pixels: Chinese characters are as wide
// as they are high, others about half of that.
func wide(s string, size int) int {
	sum := 0
	for _, r := range s {
		if r >= 0x2e80 {
			sum += 100
		} else if r >= 'A' && r <= 'Z' {
			sum += 68
		} else {
			sum += 56
		}
	}
	return (sum*size + 99) / 100
}

// wrap breaks a text into lines of a width in pixels.
func wrap(s string, width, size int) []string {
	var out []string
	line := ""
	for _, r := range s {
		if line != "" && wide(line+string(r), size) > width {
			out, line = append(out, line), ""
			if r == ' ' {
				continue
			}
		}
		line += string(r)
	}
	return append(out, line)
}
