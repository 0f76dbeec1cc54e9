using System.Runtime.InteropServices;

namespace Parley.Cli;

/// <summary>Ctrl-C and the other ways to ask a process to end. The first asks; the second, or patience running out, ends it.</summary>
internal sealed class Interrupt : IDisposable
{
    // Two seconds are enough for everything, but not where other processes have the processor.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interrupt() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
    ];

    /// <summary>Cancelled when the process is asked to end.</summary>
    public CancellationToken Token => _asked.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_asked.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        _ = Task.Delay(Patience).ContinueWith(static _ => Environment.Exit(1), TaskScheduler.Default);
        _asked.Cancel();
    }
}
