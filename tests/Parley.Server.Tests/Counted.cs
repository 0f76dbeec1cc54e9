using System.Diagnostics.Metrics;

namespace Parley.Server.Tests;

/// <summary>Listens to one of the server's counters, as an operator's tool does.</summary>
internal sealed class Counted : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Counted(string instrument, string reason)
    {
        _listener.InstrumentPublished = (found, listener) =>
        {
            if (found.Meter.Name == "Parley.Server" && found.Name == instrument)
            {
                listener.EnableMeasurementEvents(found);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == "reason" && (string?)tag.Value == reason)
                {
                    _seen.TrySetResult();
                }
            }
        });
        _listener.Start();
    }

    /// <summary>Waits until it counted.</summary>
    public Task ExpectAsync() => _seen.Task.WaitAsync(Patience.Limit);

    public void Dispose() => _listener.Dispose();
}
