using System.Collections.Concurrent;
using System.Diagnostics;

namespace Parley.Cli.Tests;

/// <summary>The program as people start it, with what it prints line by line.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lines _output = new();
    private readonly Lines _error = new();
    private readonly Task _reading;

    private CliProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _error.ReadAsync(process.StandardError));
    }

    public int Id => _process.Id;

    /// <summary>Everything on standard output so far, or all of it when the process has ended.</summary>
    public string Output => _output.Text;

    /// <summary>Everything on standard error.</summary>
    public string Error => _error.Text;

    public static CliProcess Start(params IEnumerable<string> arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Parley.Cli.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new CliProcess(Process.Start(start)!);
    }

    /// <summary>A demo on a port of its own, listening, and its address.</summary>
    public static async Task<(CliProcess Demo, string Server)> StartDemoAsync(params IEnumerable<string> options)
    {
        CliProcess demo = Start(["demo", "--port", "0", .. options]);
        string line = await demo.OutputLineAsync("?room=demo");
        string address = line.Split(' ').Single(word => word.StartsWith("http://", StringComparison.Ordinal));
        return (demo, address[..address.IndexOf('?', StringComparison.Ordinal)]);
    }

    /// <summary>The first line of standard output that contains a text and was not returned before.</summary>
    public Task<string> OutputLineAsync(string part) => LineAsync(_output, part);

    /// <summary>The first line of standard error that contains a text and was not returned before.</summary>
    public Task<string> ErrorLineAsync(string part) => LineAsync(_error, part);

    /// <summary>Types a line.</summary>
    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            await _reading;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The program does not end. It said:\n{Output}\n{Error}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task<string> LineAsync(Lines lines, string part)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        string? line = await lines.FindAsync(part, patience.Token);
        Assert.True(line is not null, $"No line with '{part}'. It said:\n{Output}\n{Error}");
        return line;
    }

    private sealed class Lines
    {
        private readonly ConcurrentQueue<string> _unread = new();
        private readonly SemaphoreSlim _came = new(0);
        private readonly List<string> _all = [];

        public string Text
        {
            get
            {
                lock (_all)
                {
                    return string.Join('\n', _all);
                }
            }
        }

        public async Task ReadAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (_all)
                {
                    _all.Add(line);
                }

                _unread.Enqueue(line);
                _came.Release();
            }

            _came.Release();
        }

        // Null at the end, or when patience is.
        public async Task<string?> FindAsync(string part, CancellationToken cancellation)
        {
            try
            {
                while (true)
                {
                    await _came.WaitAsync(cancellation);
                    if (!_unread.TryDequeue(out string? line))
                    {
                        return null;
                    }

                    if (line.Contains(part, StringComparison.Ordinal))
                    {
                        return line;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }
}
