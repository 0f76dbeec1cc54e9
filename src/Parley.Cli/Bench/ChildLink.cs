using System.Diagnostics;
using Parley.Signaling;

namespace Parley.Cli.Bench;

/// <summary>The other side in a process of its own, signalled over its standard input and output.</summary>
internal sealed class ChildLink : BenchLink
{
    private readonly Process _child;
    private readonly LineSignaling _lines;
    private int _opened;

    public ChildLink(Workload workload)
    {
        string program = Environment.ProcessPath ?? throw new CommandException("This program's own path is unknown.");
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (string argument in (ReadOnlySpan<string>)["bench", workload.Name, "--peer"])
        {
            start.ArgumentList.Add(argument);
        }

        _child = Process.Start(start) ?? throw new CommandException("The other process cannot be started.");
        _lines = new LineSignaling(_child.StandardOutput, _child.StandardInput, static _ => { });
        _ = _lines.RunAsync();
    }

    public override int EndsHere => 1;

    public override TimeSpan ProcessorTime
    {
        get
        {
            _child.Refresh();
            return base.ProcessorTime + _child.TotalProcessorTime;
        }
    }

    public override (ISignalingChannel Channel, IDisposable End) Open()
    {
        LineChannel channel = _lines.Open(++_opened);
        return (channel, channel);
    }

    /// <summary>Closes the child's input, at which it ends.</summary>
    public override async ValueTask DisposeAsync()
    {
        _child.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _child.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _child.Kill();
        }

        _child.Dispose();
    }
}
