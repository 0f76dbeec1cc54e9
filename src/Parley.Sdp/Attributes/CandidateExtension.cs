namespace Parley.Sdp;

/// <summary>A name and a value at the end of a candidate line: "generation", "ufrag", "network-id", "network-cost" …</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value; empty when the line ends after the name.</param>
public readonly record struct CandidateExtension(string Name, string Value);
