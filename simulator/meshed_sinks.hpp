/// Simulated sinks with one mesh behind them: moves what passes between both, in the order of time. No
/// I/O and no clock; not thread-safe.
#pragma once

#include "simulator/device.hpp"
#include "simulator/mesh/mesh.hpp"

namespace simulator {

/// A sink lost its power, and its host the port with it; or it is powered again.
struct CableChange {
    mesh::SinkIndex sink = 0;
    bool plugged = false;
};

class MeshedSinks {
public:
    /// One device for each sink of `setup`, in its order; they outlive this. In a second of the devices'
    /// time the mesh lives `factor` seconds; 0: it lives only by `skip`.
    MeshedSinks(mesh::Setup setup, std::vector<Device*> devices, double factor, Now now);

    /// Lets everything happen that is due by `now`.
    void advance(Now now);

    /// Lets a time of the mesh pass at once, as fast as possible, and gives the devices' time after it.
    Now skip(mesh::Time duration, Now now);

    /// When `advance` has something to do for the mesh; the devices have their own `next_event`.
    [[nodiscard]] std::optional<Now> next_event() const;

    [[nodiscard]] double factor() const { return factor_; }
    [[nodiscard]] mesh::Mesh& mesh() { return mesh_; }
    [[nodiscard]] const mesh::Mesh& mesh() const { return mesh_; }
    [[nodiscard]] Device& device(mesh::SinkIndex sink) { return *devices_[sink]; }
    [[nodiscard]] std::vector<CableChange> take_cable_changes() { return std::exchange(cable_changes_, {}); }

    /// Does to the sinks what the mesh asks for, and tells it how they are. For whoever changed either
    /// of them from outside.
    void synchronise(Now now);

private:
    /// Where both clocks met last, and how they run since.
    struct Pace {
        Now device{0};
        mesh::Time mesh{0};
        double factor = 1;
    };
    [[nodiscard]] mesh::Time to_mesh(Now now) const;
    [[nodiscard]] std::optional<Now> to_device(std::optional<mesh::Time> time) const;
    [[nodiscard]] std::optional<Now> next_step(Now after, Now limit) const;
    void step(Now now);
    void look_at_sinks();
    void serve_sinks(Now now);

    std::vector<Device*> devices_;
    mesh::Mesh mesh_;
    double factor_;
    Pace pace_;
    Now progress_;
    std::vector<CableChange> cable_changes_;
};

} // namespace simulator
