using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Interop.Peers;

namespace Parley.Interop.Matrix;

/// <summary>A foreign peer in a process of its own: a JSON object a line on standard input and output.</summary>
public sealed class ProcessLink : IPeerLink
{
    private readonly ForeignProcess _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly ConcurrentQueue<string> _log = new();
    private int _last;

    private ProcessLink(string program, IEnumerable<string> arguments) =>
        _process = ForeignProcess.Start(program, arguments, lineRead: Read);

    public event Action<JsonElement>? CandidateGathered;

    public string Log => string.Join('\n', _log.TakeLast(40));

    /// <summary>Starts the program.</summary>
    public static ProcessLink Start(string program, params string[] arguments) => new(program, arguments);

    public async Task<JsonElement> AskAsync(string command, object? arguments = null)
    {
        int id = Interlocked.Increment(ref _last);
        var reply = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = reply;
        JsonObject line = JsonSerializer.SerializeToNode(arguments ?? new { })!.AsObject();
        line["id"] = id;
        line["do"] = command;
        await _process.WriteLineAsync(line.ToJsonString());
        JsonElement answered;
        try
        {
            answered = await reply.Task.WaitAsync(Until.Limit);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The peer never answered '{command}'. It printed:\n{Log}", exception);
        }

        return answered.TryGetProperty("error", out JsonElement error)
            ? throw new PeerRefusedException(command, error.ToString())
            : answered.GetProperty("ok");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private void Read(string line)
    {
        if (!line.StartsWith("{\"", StringComparison.Ordinal))
        {
            _log.Enqueue(line);
            return;
        }

        JsonElement message = JsonDocument.Parse(line).RootElement;
        if (message.TryGetProperty("told", out JsonElement candidate))
        {
            CandidateGathered?.Invoke(candidate);
        }
        else if (_asked.TryRemove(message.GetProperty("id").GetInt32(), out TaskCompletionSource<JsonElement>? reply))
        {
            reply.SetResult(message);
        }
    }
}
