package spotcheck

import (
	"context"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/workflows"
)

// Ask asks every party for its share of every filing that has none. A filing
// whose shares are not all there in time is checked for that: failsafe. Every
// filing gets the same treatment, whatever comes of it.
func (k *Keeper) Ask(ctx context.Context, now time.Time) (acts int, err error) {
	silent := map[string]bool{}
	err = k.running(ctx, now, func(q *register.Quarter) error {
		n, err := k.askQuarter(ctx, q, silent, now)
		acts += n
		return err
	})
	return acts, err
}

// askQuarter asks for the shares of a quarter's filings; silent are the
// parties that did not answer in this run.
func (k *Keeper) askQuarter(ctx context.Context, q *register.Quarter, silent map[string]bool, now time.Time) (acts int, err error) {
	b, err := k.book(ctx, q)
	if err != nil {
		return 0, err
	}
	for _, f := range b.filings {
		if f.Shares != nil || f.Forced == string(sampling.Failsafe) {
			continue
		}
		shares := k.ask(ctx, q, f, silent)
		if shares == nil && !k.tooLate(f, now) {
			continue
		}
		n, err := k.settle(ctx, f, shares, now)
		if acts += n; err != nil {
			return acts, err
		}
	}
	n, err := k.force(ctx, q, now)
	return acts + n, err
}

// ask gets the shares of a filing, sealed, by party; nil where one is missing.
// Why a party does not answer is its own affair: it is told apart from a right
// share by nothing but its form, and a wrong one shows at the reveal. One that
// did not answer is not waited for again in the same run.
func (k *Keeper) ask(ctx context.Context, q *register.Quarter, f *register.Filing, silent map[string]bool) map[string][]byte {
	out := map[string][]byte{}
	for _, h := range k.Holders {
		if silent[h.Party()] {
			return nil
		}
		share, err := h.Share(ctx, workflows.DrawQuarter(k.County, q.ID), f.N)
		if err != nil {
			silent[h.Party()] = true
			return nil
		}
		out[h.Party()] = k.Seal.shut(k.County, f.ID, h.Party(), share)
	}
	for _, p := range q.Parties {
		if out[p.Name] == nil {
			return nil // a party that is not wired up any more
		}
	}
	return out
}

// tooLate reports whether the time for a share is over: the days of the
// profile after the filing, or the hour at which the inspectors are told.
func (k *Keeper) tooLate(f *register.Filing, now time.Time) bool {
	days := k.Engine.Profile().Value(workflows.ShareDays, f.FiledOn)
	return calendar.DateOf(now).After(f.FiledOn.AddDays(days)) || !f.Standing() || !now.Before(k.tellAt(f))
}

// settle puts the shares, or that they are missing, into the filing as it is
// now. What another server settled meanwhile stays. Without its shares a filing
// has no ticket, so that it is checked for that alone, even one that was late:
// its chain goes on telling.
func (k *Keeper) settle(ctx context.Context, f *register.Filing, shares map[string][]byte, now time.Time) (int, error) {
	return k.amend(ctx, f, now, func(_ engine.View, g *register.Filing) bool {
		switch {
		case g.Shares != nil || g.Forced == string(sampling.Failsafe):
			return false
		case shares != nil:
			g.Shares = shares
		default:
			g.Forced = string(sampling.Failsafe)
		}
		return true
	})
}

// amend changes a filing as it is now, where there is something to change, and
// tells how often it did: once or not at all.
func (k *Keeper) amend(ctx context.Context, f *register.Filing, now time.Time, change func(engine.View, *register.Filing) bool) (acts int, err error) {
	err = k.Engine.ChangeBy(ctx, k.clock(), func(v engine.View) []register.Entity {
		acts = 0
		for _, g := range v.Filings(f.Branch) {
			next := *g
			if g.ID == f.ID && change(v, &next) {
				acts = 1
				return []register.Entity{&next}
			}
		}
		return nil
	}, calendar.DateOf(now), "", now)
	if err != nil {
		return 0, err
	}
	return acts, nil
}

// force marks the filings that are checked besides the quota: those whose
// draw has no shares, and those of a case that was drawn last quarter,
// withdrawn, and never checked.
func (k *Keeper) force(ctx context.Context, q *register.Quarter, now time.Time) (acts int, err error) {
	b, err := k.book(ctx, q)
	if err != nil {
		return 0, err
	}
	carried, err := k.carried(ctx, q)
	if err != nil {
		return 0, err
	}
	for _, f := range b.filings {
		var why sampling.Reason
		switch {
		case b.filings[b.draw(f.N)-1].Forced == string(sampling.Failsafe):
			why = sampling.Failsafe
		case anyOf(f.Cases, carried):
			why = sampling.Carry
		}
		if !forces(why, q, f) {
			continue
		}
		n, err := k.amend(ctx, f, now, func(v engine.View, g *register.Filing) bool {
			q, ok := v.Quarter(g.Quarter)
			if !ok || !forces(why, q, g) {
				return false
			}
			g.Forced = string(why)
			return true
		})
		if acts += n; err != nil {
			return acts, err
		}
	}
	return acts, nil
}

// forces reports whether a filing gets a reason to be checked. A carry-over
// takes no other one's place. A missing ticket does, since nothing else can be
// drawn without it. What was withdrawn is checked for no reason, and what is in
// a frame on record stays as it is there.
func forces(why sampling.Reason, q *register.Quarter, f *register.Filing) bool {
	if f.Withdrawn > 0 || f.Point > 0 && f.Point <= len(q.Drawn) {
		return false
	}
	return why == sampling.Failsafe && f.Forced != string(why) || why == sampling.Carry && f.Forced == ""
}

func anyOf(cases []string, in map[string]bool) bool {
	for _, id := range cases {
		if in[id] {
			return true
		}
	}
	return false
}

// carried are the cases of filings that were drawn in the quarter before,
// withdrawn, and not checked.
func (k *Keeper) carried(ctx context.Context, q *register.Quarter) (map[string]bool, error) {
	view := k.Engine.View(ctx, k.County)
	before, ok := view.Quarter(q.ID.Before())
	if !ok || before.Undrawn || view.Err() != nil {
		return nil, view.Err()
	}
	b, err := k.book(ctx, before)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, f := range b.filings {
		if f.Withdrawn == 0 {
			continue
		}
		if _, _, drawn := b.chosen(f); !drawn {
			continue
		}
		for _, id := range f.Cases {
			done, err := k.checked(ctx, view, f, id)
			if err != nil {
				return nil, err
			}
			if !done {
				out[id] = true
			}
		}
	}
	return out, nil
}

// checked reports whether the check of a case of a filing was carried out.
func (k *Keeper) checked(ctx context.Context, view engine.View, f *register.Filing, id string) (bool, error) {
	check, drawn := view.Holder(workflows.CheckDrawn.Kind, string(f.ID)+"/"+id)
	if !drawn {
		return false, view.Err()
	}
	c, err := k.Engine.Refold(ctx, k.County, check)
	if err != nil {
		return false, err
	}
	return c.Last(workflows.RecordCheck.Key) != nil, nil
}
