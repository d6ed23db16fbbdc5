"""What a painted plate photo is made of: letters, the plate, the car, the street, the camera."""
