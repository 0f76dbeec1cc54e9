using System.Net;
using Parley.Net;
using Parley.Rtp;
using Parley.Sdp;
using Parley.Transport;

namespace Parley;

/// <summary>What is rarely asked of a transport: each a value that says all it needs.</summary>
internal abstract record TransportOrder
{
    /// <summary>Carries it out, in the driver's turn.</summary>
    public abstract void Run(DrivenTransport transport, Instant now);

    /// <summary>It will never be carried out: the transport is gone.</summary>
    public virtual void Drop()
    {
    }

    /// <summary>Negotiation wants this of the transport.</summary>
    /// <param name="Plan">The plan.</param>
    /// <param name="Reader">Who reads the transport's events.</param>
    /// <param name="Media">The transceivers of the plan's sections.</param>
    public sealed record Apply(TransportPlan Plan, TransportReader Reader, IReadOnlyDictionary<int, RtpTransceiver> Media) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now)
        {
            Reader.OnPlan(transport.Core.Plan, Plan, Media);
            transport.Core.Apply(Plan, now);
        }
    }

    /// <summary>A candidate of the peer's, its address resolved.</summary>
    public sealed record AddRemoteCandidate(CandidateAttribute Candidate, IPAddress Address, string? Ufrag) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) =>
            transport.Core.AddRemoteCandidate(CandidateConversion.ToIce(Candidate, Address, Ufrag), now);
    }

    /// <summary>The peer has no more candidates.</summary>
    public sealed record EndRemoteCandidates : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => transport.Core.SetRemoteEndOfCandidates(now);
    }

    /// <summary>A server's name has been looked up.</summary>
    public sealed record CompleteLookup(ServerLookup Lookup, IReadOnlyList<IPAddress> Addresses) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => transport.Core.CompleteLookup(Lookup, Addresses, now);
    }

    /// <summary>Opens a data channel.</summary>
    public sealed record OpenChannel(DataChannel Channel, TransportReader Reader) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => Reader.Open(Channel);
    }

    /// <summary>Closes a data channel.</summary>
    public sealed record CloseChannel(DataChannel Channel, TransportReader Reader) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => Reader.Close(Channel);
    }

    /// <summary>Plays a dial tone.</summary>
    public sealed record SendTone(Ssrc Ssrc, RtpTelephoneEvent Tone) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => transport.Core.SendTone(Ssrc, Tone, now);
    }

    /// <summary>Asks the peer for a key frame of one encoding, or of all.</summary>
    public sealed record RequestKeyFrame(int Section, string? Rid) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => transport.Core.RequestKeyFrame(Section, Rid, now);
    }

    /// <summary>Adds the transport's figures to a report.</summary>
    public sealed record CollectFigures(FiguresRequest Request, TransportReader Reader) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now)
        {
            Reader.CollectFigures(Request.Collection);
            Request.Complete();
        }

        public override void Drop() => Request.Complete();
    }

    /// <summary>Ends the transport: says goodbye on the wire and gives its sockets back.</summary>
    public sealed record Close : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => transport.Shut(now);
    }
}
