package main

import (
	"strings"
	"testing"

	"jinchu/register"
)

// Who holds the second key is said in full or not at all, and that nobody does
// any more is said as well.
func TestSecondHolder(t *testing.T) {
	t.Setenv(holderTokenEnv, "js_token")
	for _, c := range []struct {
		flags   secondHolder
		holders int
		fewer   bool
		want    string // of the error
	}{
		{flags: secondHolder{HolderParty: "dic"}, holders: 1},
		{flags: secondHolder{HolderParty: "dic", OneKey: true}, holders: 1, fewer: true},
		{flags: secondHolder{HolderParty: "dic", Holder: "https://share.example"}, holders: 2},
		{flags: secondHolder{HolderParty: "dic", Holder: "http://127.0.0.1:8421"}, holders: 2},
		{flags: secondHolder{HolderParty: "dic", Holder: "http://share.example"}, want: "--insecure-lan"},
		{flags: secondHolder{HolderParty: "dic", Holder: "http://share.example", InsecureLan: true}, holders: 2},
		{flags: secondHolder{HolderParty: "org", Holder: "https://share.example"}, want: "the department's own name"},
		{flags: secondHolder{HolderParty: "dic", Holder: "https://share.example", OneKey: true}, want: "--one-key"},
		{flags: secondHolder{HolderParty: "dic", Holder: "share.example"}, want: "address"},
	} {
		others, err := c.flags.remote()
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "js_token") {
				t.Errorf("%+v: %v", c.flags, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", c.flags, err)
			continue
		}
		k, err := newKeeper(nil, "420683", make([]byte, register.MasterLen), others)
		if err != nil || len(k.Holders) != c.holders || k.FewerParties != c.fewer {
			t.Errorf("%+v: %d holders, fewer: %t (%v)", c.flags, len(k.Holders), k.FewerParties, err)
		}
	}
}
