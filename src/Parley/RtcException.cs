namespace Parley;

/// <summary>
/// A step of the specification failed. <see cref="Name"/> is the DOMException name that the specification gives, so that what
/// MDN says of an error holds here. Where it says TypeError or RangeError, Parley throws <see cref="ArgumentException"/> or
/// <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
/// <param name="name">The DOMException name, one of <see cref="RtcErrorNames"/>.</param>
/// <param name="message">What went wrong.</param>
/// <param name="inner">What caused it.</param>
public class RtcException(string name, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The DOMException name, for example "InvalidStateError".</summary>
    public string Name { get; } = name;
}
