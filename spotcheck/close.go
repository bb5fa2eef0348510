package spotcheck

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/workflows"
)

// Close reveals the keys of every quarter whose frame is closed and whose
// checks are concluded, or whose time is up, and puts the report of the
// quarter and the digest of its bundle on record. A party whose key nobody
// holds, a frame that is not the one on record, and a refusal are errors.
func (k *Keeper) Close(ctx context.Context, now time.Time) (acts int, err error) {
	err = k.running(ctx, now, func(q *register.Quarter) error {
		c, err := k.Engine.Refold(ctx, k.County, engine.CaseID(q.Case))
		if err != nil || c.Stage != workflows.QuarterDrawn.Key {
			return err
		}
		view := k.Engine.View(ctx, k.County)
		if workflows.Unconcluded(view, c, calendar.DateOf(now)) > 0 || view.Err() != nil {
			return view.Err()
		}
		keys, err := k.reveal(ctx, q)
		if err != nil {
			return err
		}
		b, err := k.bundle(ctx, q, keys)
		if err != nil {
			return err
		}
		figures, below := figuresOf(b)
		n, err := k.must(ctx, engine.Move{Case: c.ID, Action: workflows.CloseQuarter.Key, Fields: map[string]any{
			workflows.RevealedKeys.Key: keyItems(keys), workflows.BundleDigest.Key: b.Digest().String(),
			workflows.CheckResults.Key: resultItems(b.Results), workflows.QuarterFigures.Key: figures, workflows.BelowQuota.Key: below,
		}}, now, recorded(q.ID, func(q *register.Quarter) bool { return !q.ClosedOn.IsZero() }))
		acts += n
		return err
	})
	return acts, err
}

// reveal gets the keys of the quarter's parties, and of nobody else.
func (k *Keeper) reveal(ctx context.Context, q *register.Quarter) (sampling.Keys, error) {
	out := sampling.Keys{}
	for _, p := range q.Parties {
		i := slices.IndexFunc(k.Holders, func(h Holder) bool { return h.Party() == p.Name })
		if i < 0 {
			return nil, fmt.Errorf("nobody here holds the key of %s, which the quarter was opened with: name its holder", p.Name)
		}
		key, err := k.Holders[i].Reveal(ctx, workflows.DrawQuarter(k.County, q.ID))
		if err != nil {
			return nil, fmt.Errorf("the key of %s: %w", p.Name, err)
		}
		out[p.Name] = key
	}
	return out, nil
}

// Bundle is what is published of a quarter: after the closing whole, as it was
// then; before it without keys, lines and results. One that has not the digest
// in the closing record is an error, and not handed out.
func (k *Keeper) Bundle(ctx context.Context, id register.QuarterID) (*sampling.Bundle, error) {
	view := k.Engine.View(ctx, k.County)
	q, ok := view.Quarter(id)
	if err := view.Err(); err != nil {
		return nil, err
	}
	if !ok || q.Undrawn {
		return nil, &engine.NotFound{What: "a draw of the quarter " + string(id)}
	}
	if q.ClosedOn.IsZero() {
		return k.unrevealed(ctx, q)
	}
	c, err := k.Engine.Refold(ctx, k.County, engine.CaseID(q.Case))
	if err != nil {
		return nil, err
	}
	items, _ := workflows.RevealedKeys.Held(c)
	keys := sampling.Keys{}
	for _, it := range items {
		var key sampling.Key
		if _, err := hex.Decode(key[:], []byte(it.Text)); err != nil {
			return nil, fmt.Errorf("the key of %s: %w", it.Key, err)
		}
		keys[it.Key] = key
	}
	b, err := k.drawnBundle(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	results, _ := workflows.CheckResults.Held(c)
	if b.Results, err = parseResults(results); err != nil {
		return nil, err
	}
	if stated, _ := workflows.BundleDigest.Held(c); stated != b.Digest().String() {
		return nil, fmt.Errorf("the bundle of %s is %s, and on record is %s: %w", id, b.Digest(), stated, errFrameChanged)
	}
	return b, nil
}

// unrevealed is a bundle of a quarter that is not closed.
func (k *Keeper) unrevealed(ctx context.Context, q *register.Quarter) (*sampling.Bundle, error) {
	view := k.Engine.View(ctx, k.County)
	return &sampling.Bundle{Opening: opening(k.County, q), Filings: drawFilings(view.FilingsOf(q.ID)), Records: records(q)}, view.Err()
}

// bundle is the whole of a quarter with the results as they are now. Its
// frames have to be those on record; that a party's shares were not those of
// its key does not keep it back, but shows in it.
func (k *Keeper) bundle(ctx context.Context, q *register.Quarter, keys sampling.Keys) (*sampling.Bundle, error) {
	b, err := k.drawnBundle(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	if faults := sampling.Verify(*b); slices.ContainsFunc(faults, func(f sampling.Fault) bool { return f.Part == sampling.PartFrame }) {
		return nil, errFrameChanged
	}
	view := k.Engine.View(ctx, k.County)
	filings := view.FilingsOf(q.ID)
	for _, line := range b.Lines {
		f := filings[line.N-1]
		for _, id := range slices.Sorted(slices.Values(f.Cases)) {
			r, err := k.result(ctx, view, f, id)
			if err != nil {
				return nil, err
			}
			b.Results = append(b.Results, r)
		}
	}
	return b, view.Err()
}

// drawnBundle is a quarter drawn anew from the keys.
func (k *Keeper) drawnBundle(ctx context.Context, q *register.Quarter, keys sampling.Keys) (*sampling.Bundle, error) {
	view := k.Engine.View(ctx, k.County)
	b := &sampling.Bundle{Opening: opening(k.County, q), Keys: keys, Filings: drawFilings(view.FilingsOf(q.ID)), Records: records(q)}
	if err := view.Err(); err != nil {
		return nil, err
	}
	frame, err := sampling.NewFrame(b.Opening, b.Filings)
	if err != nil {
		return nil, err
	}
	selection, err := frame.Draw(len(q.Points), keys.Lots(b.Opening.Quarter))
	b.Lines = selection.Lines
	return b, err
}

// opening is the opening record as it is published.
func opening(county register.CountyID, q *register.Quarter) sampling.Opening {
	o := workflows.DrawOpening(county, q)
	o.LeadDays = q.LeadDays
	for _, p := range q.Points {
		o.Dates = append(o.Dates, p.String())
	}
	return o
}

func records(q *register.Quarter) []sampling.Record {
	out := make([]sampling.Record, len(q.Drawn))
	for i, d := range q.Drawn {
		out[i].Frame, _ = sampling.ParseHash(d.Frame)
		out[i].Selection, _ = sampling.ParseHash(d.Selection)
	}
	return out
}

// result is how the check of a case of a filing stands.
func (k *Keeper) result(ctx context.Context, view engine.View, f *register.Filing, id string) (sampling.Result, error) {
	r := sampling.Result{N: f.N, Case: id, Outcome: sampling.Pending}
	check, drawn := view.Holder(workflows.CheckDrawn.Kind, string(f.ID)+"/"+id)
	if !drawn {
		return r, view.Err()
	}
	c, err := k.Engine.Refold(ctx, k.County, check)
	if err != nil {
		return r, err
	}
	r.Check = string(check)
	r.Overridden = c.Last(workflows.OverrideCheck.Key) != nil
	switch c.Stage {
	case workflows.CheckSelected.Key, workflows.CheckAssigned.Key:
		return r, nil
	case workflows.CheckFailed.Key, workflows.CheckRectified.Key:
		r.Outcome = sampling.Failed
	default: // the ends are named alike
		r.Outcome = sampling.Outcome(c.Stage)
	}
	if t := c.Last(workflows.RecordCheck.Key); t != nil {
		r.Method, _ = workflows.CheckMethod.Held(c)
		r.On = t.On.String()
	}
	return r, nil
}

func keyItems(keys sampling.Keys) []engine.Item {
	var out []engine.Item
	for party, key := range keys {
		out = append(out, engine.Item{Key: party, Text: hex.EncodeToString(key[:])})
	}
	sortBy(out, func(it engine.Item) string { return it.Key })
	return out
}

// A result stands in the closing act as an item: its key is the number of the
// filing and the case, its text outcome, method, whether overridden, day and
// check, parted by blanks; "-" is for nothing.
func resultItems(results []sampling.Result) []engine.Item {
	out := make([]engine.Item, len(results))
	dash := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	for i, r := range results {
		out[i] = engine.Item{Key: fmt.Sprintf("%d/%s", r.N, r.Case),
			Text: fmt.Sprintf("%s %s %t %s %s", r.Outcome, dash(r.Method), r.Overridden, dash(r.On), dash(r.Check))}
	}
	return out
}

func parseResults(items []engine.Item) ([]sampling.Result, error) {
	var out []sampling.Result
	for _, it := range items {
		number, id, _ := strings.Cut(it.Key, "/")
		n, err := strconv.Atoi(number)
		words := strings.Fields(it.Text)
		if err != nil || len(words) != 5 {
			return nil, fmt.Errorf("result %q cannot be read", it.Key)
		}
		for i := range words {
			if words[i] == "-" {
				words[i] = ""
			}
		}
		out = append(out, sampling.Result{N: n, Case: id, Outcome: sampling.Outcome(words[0]), Method: words[1],
			Overridden: words[2] == "true", On: words[3], Check: words[4]})
	}
	return out, nil
}
