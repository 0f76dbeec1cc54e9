using System.Text.Json;

namespace Parley.Interop.Matrix;

/// <summary>The way of one side's candidates: behind the description that they belong to, as signaling carries them.</summary>
public sealed class CandidateRoad(Func<JsonElement, Task> deliver)
{
    private readonly Lock _gate = new();
    private readonly List<JsonElement> _held = [];
    private readonly List<Exception> _failures = [];
    private Task _last = Task.CompletedTask;
    private bool _holding = true;

    /// <summary>What went wrong on the way.</summary>
    public IReadOnlyList<Exception> Failures => _failures;

    /// <summary>A candidate sets out.</summary>
    public void Add(JsonElement candidate)
    {
        lock (_gate)
        {
            if (_holding)
            {
                _held.Add(candidate);
            }
            else
            {
                _last = DeliverAsync(_last, candidate);
            }
        }
    }

    /// <summary>Candidates wait from now on, for the description that comes.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _holding = true;
        }
    }

    /// <summary>The description has been taken: what waited goes on.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _holding = false;
            foreach (JsonElement candidate in _held)
            {
                _last = DeliverAsync(_last, candidate);
            }

            _held.Clear();
        }
    }

    private async Task DeliverAsync(Task before, JsonElement candidate)
    {
        await before;
        try
        {
            await deliver(candidate);
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _failures.Add(new InvalidOperationException($"candidate {candidate}", exception));
            }
        }
    }
}
