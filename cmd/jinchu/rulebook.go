package main

import (
	"fmt"
	"os"

	"jinchu/engine"
	"jinchu/engine/draw"
	"jinchu/workflows"
)

type rulebookCmd struct {
	Workflow string `arg:"" help:"The workflow, for example admission."`
	Check    bool   `help:"Check the workflow instead of printing it; exit 1 on an unwaived finding."`
	regulation
}

// Run prints the rulebook, or what can be proved about the workflow.
func (c *rulebookCmd) Run() error {
	w, err := compiled(c.Workflow, c.regulation)
	if err != nil {
		return err
	}
	if !c.Check {
		_, err := os.Stdout.Write(draw.Rulebook(w))
		return err
	}
	open := 0
	for _, f := range w.Check() {
		mark := "!!"
		if f.Waived != "" {
			mark = "豁免 waived"
		} else {
			open++
		}
		fmt.Printf("%s %s: %s %s %s\n", mark, f.Key, f.Words.Zh, f.Words.En, f.Waived)
	}
	for _, inv := range w.Invariants {
		fmt.Printf("已证 proved %s: %s %s\n", inv.Key, inv.Words.Zh, inv.Words.En)
	}
	if open > 0 {
		return fmt.Errorf("%w: %d findings are open", errNo, open)
	}
	fmt.Printf("%s: %d 条规则,%d 个阶段,无未豁免的问题。 %d rules, %d stages, no open finding.\n",
		w.Key, len(w.Rules), len(w.Stages()), len(w.Rules), len(w.Stages()))
	return nil
}

// compiled is a workflow of the regulation, compiled with the profile.
func compiled(key string, r regulation) (*engine.Workflow, error) {
	profile, err := r.load()
	if err != nil {
		return nil, err
	}
	for _, w := range workflows.All() {
		if w.Key == key {
			return w, w.Compile(profile)
		}
	}
	return nil, fmt.Errorf("there is no workflow %q", key)
}

type drawCmd struct {
	Workflow string `arg:"" help:"The workflow, for example admission."`
	Format   string `enum:"svg,mermaid,lives,roles" default:"svg" help:"svg, mermaid, lives (life courses) or roles (role matrix)."`
	regulation
}

// Run writes the drawing to standard output.
func (c *drawCmd) Run() error {
	w, err := compiled(c.Workflow, c.regulation)
	if err != nil {
		return err
	}
	var out []byte
	switch c.Format {
	case "svg":
		out = draw.SVG(w, draw.Options{})
	case "mermaid":
		out = []byte(draw.Mermaid(w))
	case "lives":
		out = draw.Lives(w, 200)
	case "roles":
		out = draw.Roles(w)
	}
	_, err = os.Stdout.Write(out)
	return err
}
