using System.Diagnostics;
using System.Text;

namespace Parley.Interop.Peers;

/// <summary>
/// A program beside the test: its output kept and waited for, its end bounded, killed with its children when the test is over.
/// </summary>
public sealed class ForeignProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly StringBuilder _output = new();
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> _awaited = [];

    private readonly Action<string>? _lineRead;

    private ForeignProcess(ProcessStartInfo start, Action<string>? lineRead)
    {
        _lineRead = lineRead;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
    }

    /// <summary>All lines so far, standard output and standard error in the order they came.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a program; its standard input stays open for <see cref="WriteLineAsync"/>.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="lineRead">Called with each line, on a thread of its own; the lines are then not kept.</param>
    /// <param name="environment">Variables of its environment.</param>
    public static ForeignProcess Start(
        string program, IEnumerable<string> arguments, string? directory = null, Action<string>? lineRead = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? "",
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = new ForeignProcess(start, lineRead);
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Writes a line to its standard input. Lines of several callers stay whole, one after another.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The first line that contains the text, past or future.</summary>
    public async Task<string> WaitForLineAsync(string text, TimeSpan? limit = null)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            string? line = _output.ToString().Split('\n').FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal));
            if (line is not null)
            {
                return line;
            }

            _awaited.Add((text, seen));
        }

        try
        {
            return await seen.Task.WaitAsync(limit ?? Until.Limit);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"'{_process.StartInfo.FileName}' never said '{text}'. It said:\n{Output}", exception);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan? limit = null)
    {
        using var cancellation = new CancellationTokenSource(limit ?? Until.Limit);
        try
        {
            await _process.WaitForExitAsync(cancellation.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"'{_process.StartInfo.FileName}' does not end. It said:\n{Output}", exception);
        }

        return _process.ExitCode;
    }

    /// <summary>Interrupts it as Ctrl-C does.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (_lineRead is not null)
        {
            _lineRead(line);
            return;
        }

        lock (_output)
        {
            _output.Append(line).Append('\n');
            foreach ((string text, TaskCompletionSource<string> seen) in _awaited)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    seen.TrySetResult(line);
                }
            }
        }
    }
}
