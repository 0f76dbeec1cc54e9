using System.Diagnostics;
using System.Text;

namespace Parley.Dtls.Tests.Interop;

/// <summary>The <c>openssl</c> program as a peer. Where it is not installed, starting it fails the test.</summary>
internal sealed class OpensslProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OpensslProcess(params IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("openssl", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

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

    public void WriteLine(string text)
    {
        _process.StandardInput.WriteLine(text);
        _process.StandardInput.Flush();
    }

    /// <summary>Ends when the output grows: take it, look at the output, then wait.</summary>
    public Task Grown
    {
        get
        {
            lock (_output)
            {
                return _grown.Task;
            }
        }
    }

    /// <summary>Waits for a text in the output and returns the rest of its line.</summary>
    public async Task<string> Expect(string text)
    {
        using var bound = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            var grown = Grown;
            if (TryFind(text) is { } rest)
            {
                return rest;
            }

            try
            {
                await grown.WaitAsync(bound.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"openssl did not print '{text}':\n{Output}");
            }
        }
    }

    /// <summary>The rest of the line that begins with the text; null when it has not been printed.</summary>
    public string? TryFind(string text)
    {
        var output = Output;
        var at = output.IndexOf(text, StringComparison.Ordinal);
        return at < 0 ? null : output[(at + text.Length)..output.IndexOf('\n', at)].Trim();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private void Append(string? line)
    {
        if (line is null)
        {
            return;
        }

        TaskCompletionSource grown;
        lock (_output)
        {
            _output.Append(line).Append('\n');
            (grown, _grown) = (_grown, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        grown.SetResult();
    }
}
