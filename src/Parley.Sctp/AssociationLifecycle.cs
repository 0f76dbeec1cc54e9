using System.Runtime.CompilerServices;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// How an association comes up, ends, and is given up: its phase, and what leads from one to the next (RFC 9260 §4, §5, §8 and §9). It
/// makes the
/// <see cref="ControlBlock"/> that each handshake agrees on.
/// </summary>
internal sealed partial class AssociationLifecycle(SctpOptions options, AssociationContext context, Outbox outbox, Handshake handshake)
{
    // Failures in a row to reach the peer.
    private int _errors;

    /// <summary>Where the association stands.</summary>
    public AssociationPhase Phase { get; private set; } = new AssociationPhase.Fresh();

    /// <summary>Both directions, as agreed.</summary>
    public ControlBlock Block { get; private set; } = new(options, default, handshake.LocalInitialTsn, context);

    /// <summary>The streams that may be used in either direction; 0 before the association is up.</summary>
    public ushort MaxStreams { get; private set; }

    /// <summary>Whether it will do nothing any more.</summary>
    public bool HasEnded => Phase is AssociationPhase.Ended;

    /// <summary>When <see cref="Advance"/> has something to do.</summary>
    public Instant? Deadline => Phase.IsAsking ? ((AssociationPhase.Asking)Phase).Chunk.Deadline : null;

    /// <summary>Time has passed: T1-init, T1-cookie, T2-shutdown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(Instant now)
    {
        if (Phase.IsAsking && Phase is AssociationPhase.Asking asking && asking.Chunk.Expire(now))
        {
            AskAgain(asking);
        }
    }

    /// <summary>The peer has answered something: it is there.</summary>
    public void OnAnswered() => _errors = 0;

    /// <summary>§8.1: counts a failure to reach the peer; false when it was one too many, which ends the association.</summary>
    public bool CountError()
    {
        if (++_errors <= options.MaxRetransmissions)
        {
            return true;
        }

        if (outbox.PeerTag != 0)
        {
            outbox.SendAlone(ChunkType.Abort, 0, [], outbox.PeerTag);
        }

        Fail(SctpFailure.PeerUnreachable, "no answer");
        return false;
    }

    /// <summary>The peer takes back what it has acknowledged, without end.</summary>
    public void ViolateByReneging() => Violate("more acknowledgements taken back than given");

    private void AskAgain(AssociationPhase.Asking asking)
    {
        if (asking.IsUp)
        {
            if (!CountError())
            {
                return;
            }
        }
        else if (asking.Chunk.Expirations > options.MaxInitRetransmissions)
        {
            var what = asking is AssociationPhase.CookieWait ? "INIT" : "COOKIE ECHO";
            Fail(SctpFailure.ConnectTimeout, what + " was not answered");
            return;
        }
        else if (asking.Chunk.Expirations >= 2)
        {
            handshake.HoldParametersBack();
        }

        asking.Chunk.Request();
    }

    private void Build(in StateCookie agreed)
    {
        Block.Stop();
        outbox.PeerTag = agreed.PeerTag;
        outbox.IsZeroChecksumUsed = (agreed.Capabilities & PeerCapabilities.ZeroChecksum) != 0;
        Block = new ControlBlock(options, agreed, handshake.LocalInitialTsn, context);
    }
}
