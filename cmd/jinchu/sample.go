package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"

	"jinchu/sampling"
)

// sampleCmd is what auditors do with the spot checks of a quarter.
type sampleCmd struct {
	Export   sampleExportCmd   `cmd:"" help:"导出一个季度或一次专项抽查的资料包。 Export the bundle of a quarter or of a campaign."`
	Verify   sampleVerifyCmd   `cmd:"" help:"离线复算资料包:0 成立,1 不成立,2 无法判断。 Repeat the draw of a bundle offline: exit 0 holds, 1 does not, 2 cannot tell."`
	Campaign sampleCampaignCmd `cmd:"" help:"专项抽查:公布名单摘要,当众掷骰抽取。 An extra draw by public dice: the digest to publish, then who is drawn."`
}

type sampleVerifyCmd struct {
	Digest string   `help:"县级日志中公布的摘要,64 位十六进制;须与资料包一致。 Digest as published in the county's log; the one bundle has to be that one." placeholder:"HEX"`
	Bundle []string `arg:"" help:"资料包文件。 Files of bundles." placeholder:"BUNDLE"`
}

// errUnknown is the answer of a verification that could not tell.
var errUnknown = errors.New("cannot tell")

// Run repeats the draw of every bundle: exit status 0 if all hold, 1 if one does
// not, 2 if that cannot be told of one: it cannot be read, or a key of it was not
// revealed.
func (c *sampleVerifyCmd) Run() error {
	published, err := c.published()
	if err != nil {
		return err
	}
	// A bundle is most of the heap and all of it lives to its end: it is collected
	// then, when there is nothing left to be marked.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(3 << 29))
	broken, unknown := 0, 0
	for _, path := range c.Bundle {
		switch verdict, err := verifyBundle(path, published); {
		case err != nil:
			fmt.Fprintf(os.Stderr, "%s: 无法读取 cannot be read: %v\n", path, err)
			unknown++
		case verdict == sampling.Broken:
			broken++
		case verdict == sampling.Unknown:
			unknown++
		}
		runtime.GC()
	}
	switch {
	case broken > 0:
		return fmt.Errorf("%w: %d 个资料包不成立 bundles do not hold", errNo, broken)
	case unknown > 0:
		return fmt.Errorf("%w: %d 个资料包无法判断 bundles", errUnknown, unknown)
	}
	return nil
}

func (c *sampleVerifyCmd) published() (*sampling.Hash, error) {
	if c.Digest == "" {
		return nil, nil
	}
	if len(c.Bundle) != 1 {
		return nil, errors.New("--digest 只能核对一个资料包。 --digest is that of one bundle; give one")
	}
	h, err := sampling.ParseHash(c.Digest)
	if err != nil {
		return nil, fmt.Errorf("--digest: %w", err)
	}
	return &h, nil
}

// verifyBundle verifies one file and says what was found.
func verifyBundle(path string, published *sampling.Hash) (sampling.Verdict, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	// The format stands in the first line of what is exported.
	in := bufio.NewReader(f)
	if head, _ := in.Peek(200); bytes.Contains(head, []byte(strconv.Quote(sampling.CampaignFormat))) {
		return verifyCampaign(path, in, published)
	}
	b, err := sampling.DecodeBundle(in)
	if err != nil {
		return 0, err
	}
	faults, digest := sampling.Verify(*b), b.Stated
	if slices.ContainsFunc(faults, func(f sampling.Fault) bool { return f.Part == sampling.PartDigest }) {
		digest = b.Digest() // what is stated is not that of the bundle
	}
	if published != nil && *published != digest {
		faults = append(faults, sampling.Fault{Part: sampling.PartDigest, Why: "it is not the published one: this is another bundle"})
	}
	verdict := printFaults(faults)
	fmt.Printf("%s %s: %s 备案 %d 件,抽中 %d 件,结果 %d 条,摘要 %s。 %d filings, %d drawn, %d results.\n", path, cmp.Or(b.Opening.Quarter, "?"),
		verdictWords[verdict], len(b.Filings), len(b.Lines), len(b.Results), digest, len(b.Filings), len(b.Lines), len(b.Results))
	return verdict, nil
}

// verifyCampaign does the same for the file of a campaign; the published digest
// is that of its list.
func verifyCampaign(path string, in io.Reader, published *sampling.Hash) (sampling.Verdict, error) {
	b, err := sampling.DecodeCampaign(in)
	if err != nil {
		return 0, err
	}
	faults := b.Verify()
	if published != nil && *published != b.Published {
		faults = append(faults, sampling.Fault{Part: sampling.PartDigest, Why: "it is not the published one: this is another list"})
	}
	verdict := printFaults(faults)
	fmt.Printf("%s %s: %s 名单 %d 件,抽中 %d 件,名单摘要 %s。 %d listed, %d drawn.\n", path, b.ID,
		verdictWords[verdict], len(b.Candidates), len(b.Drawn), b.Published, len(b.Candidates), len(b.Drawn))
	return verdict, nil
}

// printFaults says what was found, twenty lines at most, and what it comes to.
func printFaults(faults []sampling.Fault) sampling.Verdict {
	for i, fault := range faults {
		if i == 20 {
			fmt.Printf("…… 另有 %d 处。 %d more.\n", len(faults)-i, len(faults)-i)
			break
		}
		fmt.Printf("%s %s · %s\n", verdictMark(fault.Open), partZh[fault.Part], fault)
	}
	return sampling.Judge(faults)
}

func verdictMark(open bool) string {
	if open {
		return "??"
	}
	return "!!"
}

var verdictWords = map[sampling.Verdict]string{
	sampling.Holds: "成立 holds。", sampling.Broken: "不成立 does not hold。", sampling.Unknown: "无法判断 cannot tell。",
}

// partZh names the parts of a bundle to Chinese readers; place and reason follow
// in English.
var partZh = map[sampling.Part]string{
	sampling.PartOpening: "开启记录", sampling.PartKey: "密钥", sampling.PartFrame: "备案名单", sampling.PartSelection: "中签名单摘要",
	sampling.PartLine: "中签记录", sampling.PartResult: "检查结果", sampling.PartDigest: "资料包摘要",
}
