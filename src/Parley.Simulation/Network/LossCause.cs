namespace Parley.Simulation;

/// <summary>Why a datagram did not arrive.</summary>
public enum LossCause
{
    /// <summary><see cref="LinkConditions.Loss"/>.</summary>
    Random,

    /// <summary><see cref="LinkConditions.BurstLoss"/>.</summary>
    Burst,

    /// <summary>The queue before a link with a rate was full.</summary>
    Queue,

    /// <summary>Larger than the link's MTU, or than UDP allows.</summary>
    TooLarge,

    /// <summary>The link was cut.</summary>
    Partition,

    /// <summary>A filter of the test took it.</summary>
    Filter,

    /// <summary>Nobody has the destination address.</summary>
    NoRoute,

    /// <summary>No socket is bound to the destination.</summary>
    NoListener,

    /// <summary>A NAT had no mapping for it, or its filtering refused it.</summary>
    Nat,

    /// <summary>The receiving socket's buffer was full.</summary>
    ReceiveBuffer,

    /// <summary>More datagrams were under way on one link than the simulation holds.</summary>
    InFlightLimit,
}
