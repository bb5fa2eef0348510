package main

import (
	"errors"
	"fmt"
	"os"

	"jinchu/engine"
	"jinchu/keyholder"
	"jinchu/register"
	"jinchu/spotcheck"
)

// The organization department's name among the parties of the draw.
const ownParty = "org"

// holderTokenEnv holds the token of the second key holder.
const holderTokenEnv = "JINCHU_HOLDER_TOKEN"

// secondHolder are the flags that name who holds the second key of the draw.
type secondHolder struct {
	Holder      string `help:"Address of the second key holder, as jinchu share serve prints it; its token in JINCHU_HOLDER_TOKEN. Without one the department alone holds a key." placeholder:"URL" env:"JINCHU_HOLDER"`
	HolderParty string `help:"Name of the second key holder among the parties." default:"dic"`
	InsecureLan bool   `name:"insecure-lan" help:"允许以http向本机以外的密钥方请求:口令和份额将以明文传输。 Ask a holder beyond this machine by http: its token and shares go in clear."`
	OneKey      bool   `name:"one-key" help:"本季度起只由组织部门一方持有密钥:上季度有两方时,须明示才可开启。 Open the next quarter with the department's key alone although the last one had two."`
}

// parties are the others in the draw, and whether they may be fewer than they
// were.
type parties struct {
	second spotcheck.Holder // nil where there is none
	fewer  bool
}

// remote is the second holder, if there is one.
func (h secondHolder) remote() (parties, error) {
	if h.Holder == "" {
		return parties{fewer: h.OneKey}, nil
	}
	second, err := h.ask()
	return parties{second: second}, err
}

// ask is the holder at the address.
func (h secondHolder) ask() (spotcheck.Holder, error) {
	if h.OneKey {
		return nil, errors.New("--one-key and --holder: there is one key, or a second holder")
	}
	token := os.Getenv(holderTokenEnv)
	if token == "" {
		return nil, fmt.Errorf("--holder %s: its token is wanted in %s", h.Holder, holderTokenEnv)
	}
	if h.HolderParty == ownParty {
		return nil, errors.New("--holder-party: org is the department's own name; the second holder has another")
	}
	if h.InsecureLan {
		return keyholder.InsecureRemote(h.HolderParty, h.Holder, token, nil)
	}
	holder, err := keyholder.Remote(h.HolderParty, h.Holder, token, nil)
	if errors.Is(err, keyholder.ErrInClear) {
		return nil, fmt.Errorf("%w, or say --insecure-lan", err)
	}
	return holder, err
}

// newKeeper runs the county's draws with the department's own key, made from
// its master key, and the second holder's if there is one.
func newKeeper(e *engine.Engine, county register.CountyID, master []byte, others parties) (*spotcheck.Keeper, error) {
	holders, seal, err := drawKeys(master, others.second)
	if err != nil {
		return nil, err
	}
	return &spotcheck.Keeper{Engine: e, County: county, Holders: holders, Seal: seal, FewerParties: others.fewer}, nil
}

// drawKeys are the parties of the draw and what seals their shares.
func drawKeys(master []byte, second spotcheck.Holder) ([]spotcheck.Holder, *spotcheck.Seal, error) {
	own, err := keyholder.Local(ownParty, master)
	if err != nil {
		return nil, nil, err
	}
	holders := []spotcheck.Holder{own}
	if second != nil {
		holders = append(holders, second)
	}
	seal, err := spotcheck.NewSeal(master)
	return holders, seal, err
}
