package spotcheck

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/workflows"
)

// Campaigns does what the calendar does in the county's campaigns: draws by
// the faces that were thrown, opens the checks of what was drawn, and closes
// with their results once all are concluded. What fails in one campaign is
// told after the others have had their turn; a refusal is an error.
func (k *Keeper) Campaigns(ctx context.Context, now time.Time) (acts int, err error) {
	view := k.Engine.View(ctx, k.County)
	var errs []error
	for _, name := range view.Held(workflows.CampaignOpen.Kind, "") {
		id, held := view.Holder(workflows.CampaignOpen.Kind, name)
		if !held {
			continue
		}
		n, err := k.campaign(ctx, id, now)
		if acts += n; err != nil {
			errs = append(errs, fmt.Errorf("campaign %s: %w", name, err))
		}
	}
	return acts, errors.Join(append(errs, view.Err())...)
}

// campaign leads one campaign as far as it goes.
func (k *Keeper) campaign(ctx context.Context, id engine.CaseID, now time.Time) (acts int, err error) {
	for _, step := range []func(context.Context, *engine.Case, time.Time) (int, error){k.drawLots, k.openLots, k.closeLots} {
		c, err := k.Engine.Refold(ctx, k.County, id)
		if err != nil {
			return acts, err
		}
		n, err := step(ctx, c, now)
		if acts += n; err != nil {
			return acts, err
		}
	}
	return acts, nil
}

func (k *Keeper) drawLots(ctx context.Context, c *engine.Case, now time.Time) (int, error) {
	if c.Stage != workflows.CampaignThrown.Key {
		return 0, nil
	}
	lots, err := workflows.CampaignDraw(c)
	if err != nil {
		return 0, err
	}
	return k.lead(ctx, c, workflows.DrawCampaign, map[string]any{workflows.CampaignLots.Key: lots}, now)
}

// openLots opens the check of every case that was drawn and has none. What the
// quarter drew already keeps that check: no case is checked twice for one
// meeting.
func (k *Keeper) openLots(ctx context.Context, c *engine.Case, now time.Time) (acts int, err error) {
	if c.Stage != workflows.CampaignDrawn.Key {
		return 0, nil
	}
	filings, err := k.lotsOf(ctx, c)
	if err != nil {
		return 0, err
	}
	method, _ := workflows.CampaignMethod.Held(c)
	var errs []error
	for _, f := range filings {
		n, err := k.check(ctx, f, reasonCampaign, method, now)
		acts += n
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return acts, err
	}
	n, err := k.lead(ctx, c, workflows.OpenCampaignChecks, nil, now)
	return acts + n, err
}

// reasonCampaign is why a check was opened that dice have drawn, an option of
// [workflows.CheckReason].
const reasonCampaign sampling.Reason = "campaign"

// closeLots closes a campaign whose checks are all concluded.
func (k *Keeper) closeLots(ctx context.Context, c *engine.Case, now time.Time) (int, error) {
	if c.Stage != workflows.CampaignChecking.Key {
		return 0, nil
	}
	filings, err := k.lotsOf(ctx, c)
	if err != nil {
		return 0, err
	}
	view := k.Engine.View(ctx, k.County)
	results := []engine.Item{}
	for _, f := range filings {
		if len(view.Held(workflows.CheckOpen.Kind, string(f.ID)+"/")) > 0 {
			return 0, view.Err()
		}
		for _, id := range f.Cases {
			r, err := k.result(ctx, view, f, id)
			if err != nil {
				return 0, err
			}
			item := resultItems([]sampling.Result{r})[0]
			item.Key = string(f.ID) + "/" + id // the list may be of several quarters
			results = append(results, item)
		}
	}
	if err := view.Err(); err != nil {
		return 0, err
	}
	return k.lead(ctx, c, workflows.CloseCampaign, map[string]any{workflows.CampaignResults.Key: results}, now)
}

// lotsOf are the filings that a campaign has drawn, in the order of the draw.
func (k *Keeper) lotsOf(ctx context.Context, c *engine.Case) ([]*register.Filing, error) {
	lots, _ := workflows.CampaignLots.Held(c)
	view := k.Engine.View(ctx, k.County)
	out := make([]*register.Filing, len(lots))
	for i, it := range lots {
		quarter, _, _ := strings.Cut(it.Key, "-")
		for _, f := range view.FilingsOf(register.QuarterID(quarter)) {
			if string(f.ID) == it.Key {
				out[i] = f
			}
		}
		if out[i] == nil {
			return nil, errors.Join(view.Err(), &engine.NotFound{What: "filing " + it.Key})
		}
	}
	return out, view.Err()
}

// CampaignBundle is what is published of a campaign. It names filings and
// nobody.
func (k *Keeper) CampaignBundle(ctx context.Context, name string) (*sampling.CampaignBundle, error) {
	view := k.Engine.View(ctx, k.County)
	id, known := view.Holder(workflows.CampaignNamed.Kind, name)
	if err := view.Err(); err != nil {
		return nil, err
	}
	if !known {
		return nil, &engine.NotFound{What: "campaign " + name}
	}
	c, err := k.Engine.Refold(ctx, k.County, id)
	if err != nil {
		return nil, err
	}
	b := &sampling.CampaignBundle{Campaign: workflows.CampaignOf(c)}
	digest, _ := workflows.CampaignDigest.Held(c)
	if b.Published, err = sampling.ParseHash(digest); err != nil {
		return nil, fmt.Errorf("the digest of campaign %s: %w", name, err)
	}
	b.Faces, _ = workflows.ThrowFaces.Held(c)
	lots, _ := workflows.CampaignLots.Held(c)
	for _, it := range lots {
		b.Drawn = append(b.Drawn, it.Key)
	}
	return b, nil
}

// lead does an act of a campaign that was found to be due. A refusal is an
// error, unless the campaign has moved on: then another server came first.
func (k *Keeper) lead(ctx context.Context, c *engine.Case, a engine.Action, fields map[string]any, now time.Time) (int, error) {
	_, err := k.Engine.Act(ctx, k.clock(), engine.Move{Case: c.ID, Action: a.Key, Fields: fields}, now)
	if err == nil {
		return 1, nil
	}
	var refused *engine.Refused
	var first *engine.Conflict
	if errors.As(err, &first) || errors.As(err, &refused) {
		if again, failed := k.Engine.Refold(ctx, k.County, c.ID); failed != nil || again.Stage != c.Stage {
			return 0, failed
		}
	}
	return 0, fmt.Errorf("%s: %w", a.Key, err)
}
