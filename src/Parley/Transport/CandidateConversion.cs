using System.Net;
using Parley.Ice;
using Parley.Net;
using Parley.Sdp;

namespace Parley;

/// <summary>Candidates between the ICE agent's form, the descriptions' and the user's.</summary>
internal static class CandidateConversion
{
    public static Ice.IceCandidate ToIce(CandidateAttribute candidate, IPAddress address, string? ufrag) => new()
    {
        Foundation = candidate.Foundation,
        Component = candidate.Component,
        Priority = candidate.Priority,
        Address = new TransportAddress(address, candidate.Port),
        Type = candidate.Type switch
        {
            "srflx" => Ice.IceCandidateType.ServerReflexive,
            "prflx" => Ice.IceCandidateType.PeerReflexive,
            "relay" => Ice.IceCandidateType.Relayed,
            _ => Ice.IceCandidateType.Host,
        },
        UsernameFragment = candidate.Ufrag ?? ufrag,
        HostName = IPAddress.TryParse(candidate.Address, out _) ? null : candidate.Address,
    };

    public static CandidateAttribute ToSdp(Ice.IceCandidate candidate, string ufrag) => new(
        candidate.Foundation,
        candidate.Component,
        "udp",
        candidate.Priority,
        candidate.Address.Address.ToString(),
        candidate.Address.Port,
        candidate.Type switch
        {
            Ice.IceCandidateType.ServerReflexive => "srflx",
            Ice.IceCandidateType.PeerReflexive => "prflx",
            Ice.IceCandidateType.Relayed => "relay",
            _ => "host",
        })
    {
        RelatedAddress = candidate.RelatedAddress?.Address.ToString(),
        RelatedPort = candidate.RelatedAddress?.Port,
        Extensions = [new CandidateExtension("ufrag", ufrag)],
    };

    public static IceCandidateType ToPublic(Ice.IceCandidateType type) => type switch
    {
        Ice.IceCandidateType.ServerReflexive => IceCandidateType.ServerReflexive,
        Ice.IceCandidateType.PeerReflexive => IceCandidateType.PeerReflexive,
        Ice.IceCandidateType.Relayed => IceCandidateType.Relay,
        _ => IceCandidateType.Host,
    };

    public static IceTransportState ToPublic(IceAgentState state) => state switch
    {
        IceAgentState.New => IceTransportState.New,
        IceAgentState.Checking => IceTransportState.Checking,
        IceAgentState.Connected => IceTransportState.Connected,
        IceAgentState.Completed => IceTransportState.Completed,
        IceAgentState.Disconnected or IceAgentState.Unreachable => IceTransportState.Disconnected,
        IceAgentState.Failed => IceTransportState.Failed,
        _ => IceTransportState.Closed,
    };

    public static IceGatheringState ToPublic(Ice.IceGatheringState state) => state switch
    {
        Ice.IceGatheringState.New => IceGatheringState.New,
        Ice.IceGatheringState.Gathering => IceGatheringState.Gathering,
        _ => IceGatheringState.Complete,
    };
}
