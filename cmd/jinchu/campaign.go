package main

import (
	"fmt"
	"os"
	"strings"

	"jinchu/sampling"
)

// sampleCampaignCmd draws for a campaign by dice that are thrown in public. It is
// run twice: without faces it prints the digest to be published before the dice
// are thrown, with them who is drawn. It needs no database, so that anybody who
// has the list can repeat it.
type sampleCampaignCmd struct {
	Name  string `required:"" help:"专项抽查的名称,不得重复使用。 Name of the campaign, never used twice." placeholder:"NAME"`
	Count int    `required:"" help:"抽取几件。 How many are drawn." placeholder:"N"`
	Faces string `help:"骰子点数,按掷出顺序,至少二十次;不写则只打印摘要。 Faces of the dice in the order thrown, twenty or more; without them only the digest is printed." placeholder:"3-6-1-..."`
	List  string `arg:"" help:"名单文件:每行一个编号。 File of the list: an identifier a line."`
}

// Run prints the digest of the list and, by the faces, who is drawn, a line
// each: lowest ticket first.
func (c *sampleCampaignCmd) Run() error {
	text, err := os.ReadFile(c.List)
	if err != nil {
		return err
	}
	campaign := sampling.Campaign{ID: c.Name, Candidates: strings.Fields(string(text)), Count: c.Count}
	if err := campaign.Check(); err != nil {
		return err
	}
	if c.Faces == "" {
		fmt.Printf("%s\n", campaign.Digest())
		fmt.Fprintln(os.Stderr, "请先公布以上摘要,再当众掷骰。 Publish this digest first, then throw the dice in public.")
		return nil
	}
	drawn, err := campaign.Draw(c.Faces)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "名单摘要 digest of the list: %s\n", campaign.Digest())
	for _, one := range drawn {
		fmt.Println(one)
	}
	return nil
}
