using Parley.Net;

namespace Parley.Sctp.Tests.Links;

/// <summary>A sender and its receiver at the two ends of a <see cref="Bottleneck"/>.</summary>
internal abstract class BottleneckFlow
{
    /// <summary>User bytes that have come in order.</summary>
    public long Received { get; protected set; }

    public abstract Instant? Deadline { get; }

    public abstract void Begin(Bottleneck link);

    public abstract void Arrive(in Parcel parcel, Bottleneck link);

    public abstract void Advance(Bottleneck link);
}
