using System.Collections.Concurrent;
using System.Text.Json;

namespace Parley.Cli.Bench;

/// <summary>Signaling of many connections over two pipes: one JSON object a line, each with its connection's number.</summary>
internal sealed class LineSignaling(TextReader input, TextWriter output, Action<LineChannel> opened)
{
    private readonly ConcurrentDictionary<int, LineChannel> _channels = new();
    private readonly Lock _writing = new();

    /// <summary>A channel of that number.</summary>
    public LineChannel Open(int number) => _channels.GetOrAdd(number, static (number, lines) => new LineChannel(number, lines), this);

    /// <summary>Reads until the other side ends.</summary>
    public async Task RunAsync()
    {
        while (await input.ReadLineAsync().ConfigureAwait(false) is { } text)
        {
            if (JsonSerializer.Deserialize(text, BenchJson.Default.SignalingLine) is not { } line)
            {
                continue;
            }

            if (!_channels.TryGetValue(line.Connection, out LineChannel? channel))
            {
                if (line.Ends)
                {
                    continue;
                }

                channel = Open(line.Connection);
                opened(channel);
            }

            channel.Take(line);
        }

        foreach (LineChannel channel in _channels.Values)
        {
            channel.End();
        }
    }

    /// <summary>Sends a line, whole.</summary>
    public void Send(SignalingLine line)
    {
        string text = JsonSerializer.Serialize(line, BenchJson.Default.SignalingLine);
        lock (_writing)
        {
            try
            {
                output.WriteLine(text);
                output.Flush();
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The other side is gone, which reading tells.
            }
        }
    }

    public void Forget(LineChannel channel) => _channels.TryRemove(channel.Number, out _);
}
