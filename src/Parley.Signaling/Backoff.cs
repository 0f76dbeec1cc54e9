namespace Parley.Signaling;

/// <summary>The pauses between attempts to connect: each twice the one before, up to a most, of which a random part is waited.</summary>
/// <remarks>Without chance all members of a server that restarts would come back at the same moment.</remarks>
internal sealed class Backoff(TimeSpan first, TimeSpan most, Func<double> random)
{
    private TimeSpan _next = first;

    /// <summary>The next pause: between a half and the whole of it.</summary>
    public TimeSpan Next()
    {
        TimeSpan pause = _next;
        _next = pause >= most / 2 ? most : pause * 2;
        return pause * (0.5 + random() / 2);
    }
}
