package storetest

import (
	"os/exec"
	"runtime"
	"syscall"
)

// attributes run a program as somebody else, in a process group of its own so
// that an interrupt at the terminal does not reach it, and end it together
// with this process even where that is killed.
func attributes(a *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if a != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// startBound starts a program and reports its end. The kernel ends the
// program with the thread that started it, so that thread is kept.
func startBound(cmd *exec.Cmd, ended chan<- error) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			ended <- cmd.Wait()
		}
	}()
	return <-started
}
