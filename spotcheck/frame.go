package spotcheck

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/workflows"
)

// book is a quarter as the draw sees it: its filings, their draws and what is
// known of their tickets.
type book struct {
	quarter *register.Quarter
	filings []*register.Filing // in the order of their numbers
	frame   *sampling.Frame
	lots    sampling.Lots
}

func sortBy[T any](list []T, key func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

// book reads a quarter.
func (k *Keeper) book(ctx context.Context, q *register.Quarter) (*book, error) {
	view := k.Engine.View(ctx, k.County)
	b := &book{quarter: q, filings: view.FilingsOf(q.ID)}
	if err := view.Err(); err != nil {
		return nil, err
	}
	var err error
	b.frame, err = sampling.NewFrame(workflows.DrawOpening(k.County, q), drawFilings(b.filings))
	if err != nil {
		return nil, err
	}
	b.lots = k.lots(b)
	return b, nil
}

// drawFilings are filings as the draw takes them.
func drawFilings(filings []*register.Filing) []sampling.Filing {
	out := make([]sampling.Filing, len(filings))
	for i, f := range filings {
		out[i] = sampling.Filing{N: f.N, Stratum: f.Stratum, Branch: string(f.Branch), Cases: f.Cases,
			Point: f.Point, Withdrawn: f.Withdrawn, Forced: sampling.Reason(f.Forced)}
	}
	return out
}

// lots combines the sealed shares of a draw id.
func (k *Keeper) lots(b *book) sampling.Lots {
	q := workflows.DrawQuarter(k.County, b.quarter.ID)
	return func(draw int) (sampling.Lot, bool) {
		f := b.filings[draw-1]
		shares := map[string]sampling.Hash{}
		for _, p := range b.quarter.Parties {
			share, err := k.Seal.open(k.County, f.ID, p.Name, f.Shares[p.Name])
			if err != nil {
				return sampling.Lot{}, false
			}
			shares[p.Name] = share
		}
		return sampling.Combine(q, draw, shares), true
	}
}

// draw is the number of the filing from which the ticket of filing n is made.
func (b *book) draw(n int) int {
	_, draw, _ := sampling.ParseID(b.frame.DrawID(n))
	return draw
}

// chosen tells why and how a filing is checked whatever a point will add; ok
// is false where it is not, or where that is not known yet.
func (b *book) chosen(f *register.Filing) (why sampling.Reason, method string, ok bool) {
	why = sampling.Reason(f.Forced)
	opening := workflows.DrawOpening("000000", b.quarter)
	if why == sampling.Failsafe {
		return why, opening.Methods[0].Method, true
	}
	lot, known := b.lots(b.draw(f.N))
	if !known {
		return "", "", false
	}
	switch {
	case why == sampling.Late:
		return why, opening.TopUpMethods.Pick(lot.Method), true
	case why == sampling.Carry:
		return why, opening.Methods.Pick(lot.Method), true
	case opening.Online.Online(lot.Ticket):
		return sampling.Online, opening.Methods.Pick(lot.Method), true
	}
	return "", "", false
}

// CheckID is the identifier of the check of a case of a filing: the same
// whoever opens it. That it can be worked out beforehand tells nothing: who
// may not see the check does not find it, whether it is there or not.
func (k *Keeper) CheckID(f *register.Filing, id string) engine.CaseID {
	sum := sha256.Sum256([]byte("check|" + string(k.County) + "|" + string(f.ID) + "|" + id))
	return engine.CaseID(hex.EncodeToString(sum[:13]))
}

// check opens the check of every case of a filing that has none, and returns
// how many there were. One that cannot be opened keeps no other from it.
func (k *Keeper) check(ctx context.Context, f *register.Filing, why sampling.Reason, method string, now time.Time) (acts int, err error) {
	var errs []error
	for _, id := range f.Cases {
		n, err := k.checkOne(ctx, f, engine.CaseID(id), engine.Move{Workflow: workflows.SpotCheck, Org: register.OrgID(k.County),
			Action: workflows.DrawCheck.Key, Fields: map[string]any{
				workflows.CheckFiling.Key: string(f.ID), workflows.CheckBranch.Key: f.Branch, workflows.CheckReason.Key: string(why),
				workflows.CheckMethod.Key: method, workflows.MeetingDay.Key: f.MeetingOn(),
			}}, now)
		if acts += n; err != nil {
			errs = append(errs, fmt.Errorf("filing %s: %w", f.ID, err))
		}
	}
	return acts, errors.Join(errs...)
}

// checkOne opens the check of a case by the move of its filing, unless it has
// one. A refusal is an error while there is something to check.
func (k *Keeper) checkOne(ctx context.Context, f *register.Filing, id engine.CaseID, m engine.Move, now time.Time) (int, error) {
	drawn := func(v engine.View) bool {
		_, held := v.Holder(workflows.CheckDrawn.Kind, string(f.ID)+"/"+string(id))
		return held
	}
	view := k.Engine.View(ctx, k.County)
	if drawn(view) || view.Err() != nil {
		return 0, view.Err()
	}
	c, err := k.Engine.Refold(ctx, k.County, id)
	if err != nil {
		return 0, err
	}
	m.Case, m.Parent, m.Person = k.CheckID(f, string(id)), id, c.Person
	n, err := k.must(ctx, m, now, drawn)
	var refused *engine.Refused
	if errors.As(err, &refused) {
		gone, failed := k.nothingToCheck(ctx, f, id)
		if gone || failed != nil {
			return 0, failed
		}
	}
	return n, err
}

// nothingToCheck reports whether a case has come to its end, or its meeting
// was put off.
func (k *Keeper) nothingToCheck(ctx context.Context, f *register.Filing, id engine.CaseID) (bool, error) {
	c, err := k.Engine.Refold(ctx, k.County, id)
	if err != nil || c.Ended {
		return err == nil, err
	}
	view := k.Engine.View(ctx, k.County)
	for _, g := range view.Filings(f.Branch) {
		if g.ID == f.ID {
			return g.PutOff(), view.Err()
		}
	}
	return false, view.Err()
}
